// `pnpm sample`: see its --help.
import { runCommand } from './generation/command.js';
import { sampleCommand } from './generation/sampleCommand.js';

await runCommand('sample', sampleCommand);
