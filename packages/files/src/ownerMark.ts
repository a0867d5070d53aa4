import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { processIdentity } from './processIdentity.js';

const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
const markPattern = /^([A-Za-z0-9-]+)\.(\d+)\.(?:([0-9a-f]{12})\.)?[0-9a-f]{12}$/;

const digest = (identity: string) => createHash('sha256').update(identity).digest('hex').slice(0, 12);

/**
 * A part of a file's name that says who writes it, and is never given twice: `<host>.<process>.<its start>.<random>`. The
 * start is a digest of {@link processIdentity}.
 */
export function ownerMark(): string {
  const identity = processIdentity(process.pid) ?? '';
  return `${host}.${process.pid}.${digest(identity)}.${randomBytes(6).toString('hex')}`;
}

/**
 * What is known of the process that a mark names: whether it still runs; `elsewhere` where it ran on another machine; `null`
 * for a text that is no mark. A mark without a start is that of any process of its number.
 */
export function ownerOf(mark: string): 'running' | 'ended' | 'elsewhere' | null {
  const parts = markPattern.exec(mark);
  if (!parts) return null;
  if (parts[1] !== host) return 'elsewhere';
  const identity = processIdentity(Number(parts[2]));
  if (identity === null) return 'ended';
  return !parts[3] || identity === '' || parts[3] === digest(identity) ? 'running' : 'ended';
}
