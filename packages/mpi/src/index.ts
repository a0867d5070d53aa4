export { buildMpi } from './buildMpi.js';
export { alone, type Communicator } from './communicator.js';
export { type Launch, launchOf } from './launch.js';
export { MpiError } from './mpiError.js';
export { openCommunicator } from './openCommunicator.js';
export { shareOf } from './shareOf.js';
export { sumOverRanks } from './sumOverRanks.js';
