export { optionErrors, shown } from './optionErrors.js';
export { odd, parseOptions, positive, seed } from './parseOptions.js';
