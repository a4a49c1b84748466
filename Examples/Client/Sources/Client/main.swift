// The library as a program of your own uses it: boots an image and prints what its serial line says.
import Machine

guard CommandLine.arguments.count == 2 else { fatalError("usage: Client IMAGE") }
var configuration = MachineConfiguration()
configuration.memoryByteCount = 64 << 20
let machine = try Machine(configuration)
machine.serialOutput = { print(String(UnicodeScalar($0)), terminator: "") }
try machine.load(path: CommandLine.arguments[1], options: BootOptions())
var result = RunResult.sliceEnded
while result == .sliceEnded { result = machine.run(ticks: 1_000_000) }
print("\(result) after \(machine.retiredInstructions) instructions")
