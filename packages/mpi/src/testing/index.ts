export { type Ended, mpirun, type Ranks } from './mpirun.js';
