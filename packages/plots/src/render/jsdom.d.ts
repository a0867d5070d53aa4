// The little of jsdom that drawing figures needs; jsdom ships no declarations.
declare module 'jsdom' {
  export class VirtualConsole {
    on(event: 'jsdomError', listener: (error: Error & { type?: string }) => void): this;
  }
  export class JSDOM {
    constructor(html: string, options: { runScripts?: string; virtualConsole?: VirtualConsole });
    readonly window: JsdomWindow;
  }
  export interface JsdomElement {
    readonly tagName: string;
    readonly children: Iterable<JsdomElement>;
    readonly textContent: string | null;
    readonly innerHTML: string;
    getAttribute(name: string): string | null;
    querySelectorAll(selector: string): Iterable<JsdomElement>;
    appendChild(child: JsdomElement): void;
    remove(): void;
    dispatchEvent(event: object): boolean;
  }
  export interface JsdomWindow {
    readonly Event: new (type: string) => object;
    eval(source: string): unknown;
    readonly document: {
      readonly body: JsdomElement;
      createElement(tag: string): JsdomElement;
      querySelector(selector: string): JsdomElement | null;
      querySelectorAll(selector: string): Iterable<JsdomElement>;
    };
    readonly SVGElement: { readonly prototype: object };
    readonly URL: { createObjectURL?: (blob: unknown) => string };
    readonly Math: { random: () => number };
    matchMedia?: (query: string) => { matches: boolean };
    Plotly?: unknown;
  }
}
