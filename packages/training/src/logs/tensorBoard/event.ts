import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Histogram } from './histogram.js';

/** One value of a summary, under its tag. */
export type SummaryValue =
  | { tag: string; scalar: number }
  | { tag: string; histogram: Histogram }
  /** `png` encoded; the sizes are those of the picture. */
  | { tag: string; image: { png: Uint8Array; height: number; width: number } };

interface EventHead {
  /** Seconds since 1970. */
  wallTime: number;
  step: number;
}

// The numbers are those of the fields in TensorFlow's event.proto, summary.proto and histogram.proto.

const message = (writer: BinaryWriter, field: number, data: Uint8Array) =>
  writer.tag(field, WireType.LengthDelimited).bytes(data);
const string = (writer: BinaryWriter, field: number, text: string) =>
  writer.tag(field, WireType.LengthDelimited).string(text);
const double = (writer: BinaryWriter, field: number, value: number) =>
  writer.tag(field, WireType.Bit64).double(value);

function head({ wallTime, step }: EventHead): BinaryWriter {
  const writer = new BinaryWriter();
  double(writer, 1, wallTime);
  writer.tag(2, WireType.Varint).int64(step);
  return writer;
}

/** `Event.file_version`: the first record of a file. */
export function versionEvent(wallTime: number): Uint8Array {
  return string(head({ wallTime, step: 0 }), 3, 'brain.Event:2').finish();
}

/** `Event.session_log` with status START: a reader forgets what earlier files of the run hold from this step on. */
export function startEvent(at: EventHead): Uint8Array {
  const log = new BinaryWriter().tag(1, WireType.Varint).int32(1);
  return message(head(at), 7, log.finish()).finish();
}

/** `Event.summary` with these values. */
export function summaryEvent(at: EventHead, values: readonly SummaryValue[]): Uint8Array {
  const summary = new BinaryWriter();
  for (const value of values) message(summary, 1, encodeValue(value));
  return message(head(at), 5, summary.finish()).finish();
}

function encodeValue(value: SummaryValue): Uint8Array {
  const writer = string(new BinaryWriter(), 1, value.tag);
  if ('scalar' in value) writer.tag(2, WireType.Bit32).float(value.scalar);
  else if ('image' in value) message(writer, 4, encodeImage(value.image));
  else message(writer, 5, encodeHistogram(value.histogram));
  return writer.finish();
}

function encodeImage({ png, height, width }: { png: Uint8Array; height: number; width: number }): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(height);
  writer.tag(2, WireType.Varint).int32(width);
  writer.tag(3, WireType.Varint).int32(3); // RGB, as a reader decodes any PNG
  return message(writer, 4, png).finish();
}

function encodeHistogram({ min, max, num, sum, sumSquares, limits, counts }: Histogram): Uint8Array {
  const writer = new BinaryWriter();
  for (const [i, value] of [min, max, num, sum, sumSquares].entries()) double(writer, i + 1, value);
  message(writer, 6, packed(limits));
  return message(writer, 7, packed(counts)).finish();
}

function packed(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer); // little-endian wherever Node runs
}
