/**
 * How far one file is: `download` from the network, `read` from the disk (decoding and checksum included), `pack`
 * from the disk into a packed file.
 */
export interface DataProgress {
  stage: 'download' | 'read' | 'pack';
  /** The file's name without its folder. */
  file: string;
  bytes: number;
  total: number;
}

export type OnProgress = (progress: DataProgress) => void;

/** Takes a sentence about what was converted or left out. */
export type OnNote = (sentence: string) => void;
