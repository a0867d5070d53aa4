// `pnpm compress`: see its --help.
import { runCommand } from './generation/command.js';
import { compressCommand } from './generation/compressCommand.js';

await runCommand('compress', compressCommand);
