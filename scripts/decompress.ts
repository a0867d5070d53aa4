// `pnpm decompress`: see its --help.
import { runCommand } from './generation/command.js';
import { decompressCommand } from './generation/decompressCommand.js';

await runCommand('decompress', decompressCommand);
