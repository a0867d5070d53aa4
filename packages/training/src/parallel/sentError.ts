import { FileError, type FileErrorCode } from '@pixelrnn/files';
import { TrainingError, type TrainingErrorCode } from '../trainingError.js';

/** What of an error reaches the other ranks: enough to be treated there as on the first. */
export interface SentError {
  name: string;
  message: string;
  code: string | undefined;
  signal: TrainingError['signal'];
  cause: SentError | undefined;
}

export function sendable(error: unknown): SentError {
  const { name, message, code, signal, cause } = (
    error instanceof Error ? error : new Error(String(error))
  ) as Error & { code?: string; signal?: TrainingError['signal'] };
  return { name, message, code, signal, cause: cause instanceof Error ? sendable(cause) : undefined };
}

export function received({ name, message, code, signal, cause }: SentError): Error {
  const options = cause && { cause: received(cause) };
  if (name === 'TrainingError') return new TrainingError(code as TrainingErrorCode, message, signal, options);
  if (name === 'FileError') return new FileError(code as FileErrorCode, message, options);
  return Object.assign(new Error(message, options), { name, ...(code !== undefined && { code }) });
}
