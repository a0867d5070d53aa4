// The one file that knows tslab's inside. tslab stays as installed: its modules are loaded with a copy of its TypeScript
// in which a few functions are ours, since its compiler options and its completion host are fixed in the middle of a function.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type ts from '@tslab/typescript-for-tslab';
import { type EmittedMaps, emittedMaps, withoutMapComment } from './cells/sourceMaps.js';
import { separateTimers, type TimerHost } from './watchTimers.js';

export type { ts };

const knownVersion = '1.0.22';
const own = createRequire(import.meta.url);
const load = createRequire(own.resolve('tslab/dist/main.js'));
const { version } = load('../package.json') as { version: string };
if (version !== knownVersion) {
  throw new Error(
    `The kernel wraps tslab ${knownVersion}, found ${version}; install that version, or check src/tslab.ts of @pixelrnn/kernel against the new one.`,
  );
}

interface Position {
  /** Both from 0. */
  line: number;
  character: number;
}

export interface Diagnostic {
  start: Position;
  end: Position;
  messageText: string;
  code: number;
  /** A file other than the cell, relative to the working folder. */
  fileName?: string;
}

export interface Converted {
  /** CommonJS; empty where the cell has declarations of types only. */
  output?: string;
  /** The declarations of this cell and of all cells before. */
  declOutput?: string;
  diagnostics: Diagnostic[];
  hasToplevelAwait?: boolean;
  lastExpressionVar?: string;
  sideOutputs?: { path: string; data: string }[];
}

export interface Completion {
  start: number;
  end: number;
  candidates: string[];
  original?: ts.CompletionInfo;
}

export interface Converter {
  convert(previousDeclarations: string, code: string): Converted;
  inspect(previousDeclarations: string, code: string, position: number): ts.QuickInfo | undefined;
  complete(previousDeclarations: string, code: string, position: number): Completion;
  addModule(name: string, code: string, metadata: object): Diagnostic[];
  close(): void;
}

export interface Executor {
  /** Runs the synchronous part of a cell before it returns. False where the cell failed. */
  execute(code: string): Promise<boolean>;
  inspect(code: string, position: number): ts.QuickInfo | undefined;
  complete(code: string, position: number): Completion;
  /** Ends the wait for the running cell; what it awaits goes on. */
  interrupt(): void;
  /** The values of all names, by name. */
  locals: Record<string, unknown>;
  close(): void;
}

export type Frame = string | Uint8Array;

export interface Socket {
  send(frames: Frame[]): Promise<void>;
  close(): void;
}

/** A message of Jupyter's protocol; `createReply` makes one whose parent this one is. */
export interface Message {
  header: { msg_id: string; msg_type: string };
  content: Record<string, unknown>;
  createReply(): Message;
  signAndSend(key: string, socket: Pick<Socket, 'send'>): void;
}

type WriteDisplayData = (
  display: { data: MimeData; metadata: object; transient: object },
  update: boolean,
) => void;
type MimeData = Record<string, unknown>;

/** What answers the requests that run nothing. */
export interface Handler {
  handleKernel(): Record<string, unknown>;
  handleIsComplete(request: { code: string }): Record<string, unknown>;
  handleInspect(request: { code: string; cursor_pos: number }): Record<string, unknown>;
  handleComplete(request: { code: string; cursor_pos: number }): Record<string, unknown>;
  handleShutdown(request: { restart: boolean }): Record<string, unknown>;
  close(): void;
}

/** Where the server keeps its sockets, from before they are bound; it reads `shell`, `control` and `hb` through iterators made by then. */
export const socketNames = ['iopub', 'shell', 'control', 'stdin', 'hb'] as const;

interface ServerInstance extends Record<(typeof socketNames)[number], Socket> {
  connInfo: { key: string };
  init(): Promise<void>;
  bindSocket(socket: Socket & { sendHighWaterMark: number }, port: number): Promise<void>;
  publishStatus(status: string, parent: Message): void;
  handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void>;
  handleExecute(socket: Socket, message: Message): Promise<void>;
  handleCommInfoRequest(socket: Socket, message: Message): void;
  close(): void;
}

interface JupyterModule {
  lastWriteDisplayData: WriteDisplayData | null;
  JupyterHandlerImpl: new (executor: Executor, isJs: boolean) => Handler;
  ZmqServer: new (handler: Handler, connectionFile: string) => ServerInstance;
}

/** Functions of TypeScript that are exported but not in its declarations. */
interface HiddenTypeScript {
  SignatureHelp: {
    getSignatureHelpItems(
      program: ts.Program,
      file: ts.SourceFile,
      position: number,
      reason: undefined,
      cancellation: object,
    ): ts.SignatureHelpItems | undefined;
  };
  Completions: { getCompletionsAtPositionForTslab(host: object, ...rest: unknown[]): ts.CompletionInfo };
}

const typescriptPath = load.resolve('@tslab/typescript-for-tslab');
const typescript = load(typescriptPath) as typeof ts & HiddenTypeScript;

/** tslab's own TypeScript (5.0.4), which is not the workspace's. */
export { typescript };

/** Strict, with imports found as Node finds them: through `exports`, subpaths too. */
const compilerOptions: ts.CompilerOptions = {
  strict: true,
  alwaysStrict: false,
  moduleResolution: typescript.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: false,
  lib: ['lib.es2023.d.ts'],
  inlineSourceMap: true,
};

let program: ts.Program | undefined;
const maps = new Map<string, EmittedMaps>();

const hooked = {
  ...typescript,
  createWatchCompilerHost(files: string[], options: ts.CompilerOptions, ...rest: unknown[]) {
    const browser = options.lib?.some((name) => name.includes('dom'));
    const lib = browser
      ? [...compilerOptions.lib!, 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']
      : compilerOptions.lib;
    // tslab adds the types of Node that it came with where a flat node_modules has them.
    const typeRoots = (options.typeRoots ?? []).filter((root) => existsSync(`${root}/node`));
    if (typeRoots.length === 0) typeRoots.push(dirname(dirname(own.resolve('@types/node/package.json'))));
    const create = typescript.createWatchCompilerHost as unknown as (...args: unknown[]) => unknown;
    return create(files, { ...options, ...compilerOptions, lib, typeRoots }, ...rest);
  },
  createWatchProgram(host: TimerHost & { afterProgramCreate?: (builder: ts.BuilderProgram) => void }) {
    separateTimers(host);
    const created = host.afterProgramCreate;
    host.afterProgramCreate = (builder) => {
      program = builder.getProgram();
      created?.(builder);
    };
    return (typescript.createWatchProgram as unknown as (host: object) => unknown)(host);
  },
  // tslab takes `{ x }` for a new name where x is of an earlier cell, and leaves it without a value.
  visitEachChild<T extends ts.Node>(node: T, visitor: ts.Visitor, context: ts.TransformationContext): T {
    const visit: ts.Visitor = (child) => writtenOut(child) ?? visitor(child);
    return typescript.visitEachChild(node, visit, context);
  },
  // From ES modules to CommonJS; the first step left its map in a comment.
  transpileModule(code: string, options: ts.TranspileOptions) {
    const result = typescript.transpileModule(withoutMapComment(code), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    const text = withoutMapComment(result.outputText);
    maps.set(text, emittedMaps(code, result.sourceMapText));
    return { ...result, outputText: text };
  },
  Completions: {
    ...typescript.Completions,
    getCompletionsAtPositionForTslab(_emptyHost: object, ...rest: unknown[]) {
      const { sys } = typescript;
      const host = {
        fileExists: sys.fileExists,
        readFile: sys.readFile,
        readDirectory: sys.readDirectory,
        directoryExists: sys.directoryExists,
        getDirectories: sys.getDirectories,
        realpath: sys.realpath,
        getCurrentDirectory: sys.getCurrentDirectory,
        getCompilationSettings: () => program!.getCompilerOptions(),
      };
      return typescript.Completions.getCompletionsAtPositionForTslab(host, ...rest);
    },
  },
};
load.cache[typescriptPath]!.exports = hooked;

/** The file in which tslab declares the names of earlier cells. */
const declarationsName = '/__prev__.d.ts';

/** `{ x }` as `{ x: exports.x }` where x is of an earlier cell, as tslab writes that name everywhere else. */
function writtenOut(node: ts.Node): ts.Node | undefined {
  if (!typescript.isShorthandPropertyAssignment(node) || !node.parent) return undefined;
  const symbol = program?.getTypeChecker().getShorthandAssignmentValueSymbol(node);
  const earlier = symbol?.declarations?.some((each) =>
    each.getSourceFile().fileName.endsWith(declarationsName),
  );
  if (!earlier) return undefined;
  const { factory } = typescript;
  const value = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), node.name);
  const initial = node.objectAssignmentInitializer;
  return factory.createPropertyAssignment(
    factory.createIdentifier(node.name.text),
    initial ? factory.createAssignment(value, initial) : value,
  );
}

const jupyter = load('./jupyter.js') as JupyterModule;
export const { JupyterHandlerImpl, ZmqServer } = jupyter;

export const { createConverter } = load('./converter.js') as {
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
};

export const { createExecutor } = load('./executor.js') as {
  /** `console.log` gets the value of a cell's last expression, `console.error` what was thrown, or a diagnostic in parts. */
  createExecutor(
    folder: string,
    converters: { node: Converter; readonly browser: Converter; close(): void },
    console: { log(value: unknown): void; error(...what: unknown[]): void },
  ): Executor;
};

/** tslab's own `display` writes through this. */
export function setWriteDisplayData(write: WriteDisplayData): void {
  jupyter.lastWriteDisplayData = write;
}

/** The maps of a converter's output, forgotten with this call. */
export function takeMaps(output: string): EmittedMaps | undefined {
  const found = maps.get(output);
  maps.delete(output);
  return found;
}

/** What tslab puts before a cell's code, so that TypeScript takes it for a module; on a line of its own. */
const sourcePrefix = `export {};${typescript.sys.newLine}`;

/** What can be called at a position, of the code that the converter saw last. */
export function signatureHelp(folder: string, position: number): ts.SignatureHelpItems | undefined {
  const file = program?.getSourceFile(`${folder.replaceAll('\\', '/')}/__tslab__.ts`);
  if (!program || !file) return undefined;
  const cancellation = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };
  return typescript.SignatureHelp.getSignatureHelpItems(
    program,
    file,
    position + sourcePrefix.length,
    undefined,
    cancellation,
  );
}

/** How many lines stand before a cell's code. */
export const prefixLines = 1;

/** How the executor begins the script of a cell, on the line of its first statement. */
export const scriptPrefix = (hasToplevelAwait: boolean) =>
  hasToplevelAwait ? '(async function(exports, require) { ' : '(function(exports, require) { ';

/** Whether a line of a stack is of tslab itself. */
export const isTslabFrame = (line: string) => /[\\/]tslab[\\/]dist[\\/]/.test(line);

/** Whether a cell declares itself a module (`@module name`) that later cells import. */
export const { getCodeMetadata } = load('./metadata.js') as {
  getCodeMetadata(code: string): { module?: string; mode?: 'node' | 'browser' };
};
