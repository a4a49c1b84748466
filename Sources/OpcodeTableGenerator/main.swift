print("opcode table generator")
