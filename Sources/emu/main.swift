import EmuCommands

EmuCommand.runMain()
