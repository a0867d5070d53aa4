const adders = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const;
const removers = ['off', 'removeListener'] as const;

type Listener = (...args: unknown[]) => void;
type Method = (event: string | symbol, listener: Listener) => NodeJS.Process;
type Methods = Record<(typeof adders)[number] | (typeof removers)[number], Method>;

/**
 * Keeps SIGINT with the kernel. The synchronous part of a cell runs under Node's own guard against SIGINT, which leaves the
 * process on the default handler, death, when a listener was added meanwhile; so such listeners are added after it.
 */
export class Sigint {
  readonly #press: () => void;
  #before = 0;
  #held: { add: (typeof adders)[number]; listener: Listener }[] = [];

  /** @param press heeded: whether the running cell has added a listener of its own */
  constructor(press: (heeded: boolean) => void) {
    this.#press = () => press(process.listenerCount('SIGINT') > this.#before);
    this.cellBegins();
    this.synchronousPartEnded();
  }

  cellBegins(): void {
    this.#keep();
    this.#before = process.listenerCount('SIGINT');
    const methods = process as unknown as Methods;
    for (const add of adders) {
      const real = methods[add];
      this.#shadow(add, (event, listener) => {
        if (event !== 'SIGINT') return real.call(process, event, listener);
        this.#held.push({ add, listener });
        return process;
      });
    }
    for (const remove of removers) {
      const real = methods[remove];
      this.#shadow(remove, (event, listener) => {
        if (event === 'SIGINT') this.#held = this.#held.filter((held) => held.listener !== listener);
        return real.call(process, event, listener);
      });
    }
  }

  /** What was held is added: the cell's listeners, and those that the guard had put aside. */
  synchronousPartEnded(): void {
    for (const name of [...adders, ...removers]) Reflect.deleteProperty(process, name);
    this.#keep();
    for (const { add, listener } of this.#held.splice(0))
      if (listener !== this.#press) (process as unknown as Methods)[add]('SIGINT', listener);
  }

  #shadow(name: keyof Methods, method: Method): void {
    Object.defineProperty(process, name, { configurable: true, writable: true, value: method });
  }

  /** The kernel's listener is there whatever a cell did, and comes first, before others take themselves off. */
  #keep(): void {
    if (process.rawListeners('SIGINT')[0] === this.#press) return;
    process.removeListener('SIGINT', this.#press);
    process.prependListener('SIGINT', this.#press);
  }
}
