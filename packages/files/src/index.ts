export { AppendedFile } from './appendedFile.js';
export { cacheDir } from './cacheDir.js';
export { FileError, type FileErrorCode, isDiskFull } from './fileError.js';
export { ownerMark, ownerOf } from './ownerMark.js';
export { type Proxy, proxiedFetch, proxyFor, throughProxy } from './proxy.js';
export { lockRunFolder, type RunLock, runLockOwner } from './runLock.js';
export type { TaskStart } from './taskStart.js';
export { expandHome, userPath } from './userPath.js';
export { writeFileAtomic } from './writeFileAtomic.js';
