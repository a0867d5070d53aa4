/** What the page asks of the worker. Every model has been given to it by `open` before. */
export type Question =
  | { kind: 'open'; model: string; base64: string; crc32: number }
  | DrawQuestion
  | { kind: 'context'; model: string; row: number; column: number }
  | { kind: 'probabilities'; model: string; image: Uint8Array; classIndex: number | null }
  | { kind: 'weigh'; model: string; image: Uint8Array; classIndex: number | null };

export interface DrawQuestion {
  kind: 'draw';
  model: string;
  seed: number;
  count: number;
  temperature: number;
  /** Class of all images, of a model conditioned on it. */
  classIndex: number | null;
  /** [H, W], 1 where a pixel is known, and intensities [H, W, C] for all images; null: nothing is known. */
  given: { known: Uint8Array; image: Uint8Array } | null;
  /** Pixels that are drawn before the page is told, and the least milliseconds between two such. */
  pace: { pixels: number; milliseconds: number };
}

/** How far a drawing is. */
export interface Drawing {
  /** Pixels of each image that are done, in reading order. */
  position: number;
  /** [count, H, W, C] */
  intensities: Uint8Array;
  /** [count, H, W, C]: the probability of each value that was drawn; 1 of a known one, 0 where none is drawn yet. */
  probabilities: Float32Array;
  /** [count, H, W]: of two levels alone, the probability that the pixel is 1; else null. */
  ink: Float32Array | null;
  /** Milliseconds of computing so far. */
  computed: number;
}

export interface Weighing {
  /** [H, W, C], nats of each value given all before it. */
  nats: Float32Array;
  /** The file that `pnpm decompress` reads; null where the page has no checksums (plain http from another machine). */
  file: Uint8Array<ArrayBuffer> | null;
  /** Bytes of the file's header. */
  header: number;
  /** The same image as a PNG of as few bits a pixel as it needs. */
  png: Uint8Array;
}

export interface Answers {
  open: { pixels: number };
  draw: Drawing;
  /** [H, W, C], 1 where the pixel's first colour can depend on it. */
  context: Uint8Array;
  /** [H, W, C, levels]: of every value given those before it. */
  probabilities: Float32Array;
  weigh: Weighing;
}

export type Kind = Question['kind'];

export interface Asked {
  id: number;
  /** Null: the question with this id is not wanted any more. */
  question: Question | null;
}

export type Reply =
  | { id: number; state: 'progress'; drawing: Drawing }
  | { id: number; state: 'done'; answer: Answers[Kind] }
  | { id: number; state: 'failed'; message: string };
