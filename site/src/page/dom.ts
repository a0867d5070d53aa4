type Of<T> = new (...args: never[]) => T;

/** @throws Error where the page lacks it: markup and program do not belong together */
export function find<T extends Element>(root: ParentNode, selector: string, type: Of<T>): T {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`The page should have a ${type.name} at ${selector}: build the site again.`);
}

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** A sentence for all readers: screen readers say it when it changes. */
export function say(status: HTMLElement, text: string, wrong = false): void {
  status.classList.toggle('wrong', wrong);
  if (status.textContent !== text) status.textContent = text;
}

/** Shows what a promise fails with; what was given up is no failure. */
export async function saying(status: HTMLElement, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    say(status, `This did not work: ${error instanceof Error ? error.message : String(error)}.`, true);
  }
}

/** Calls once, when an element is about to be seen, and after the first paint of the page. */
export function whenNear(element: Element, act: () => void, margin = '200px'): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      // An observer is told while its frame is made; the next but one begins when that one has been shown.
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(act)));
    },
    { rootMargin: margin },
  );
  observer.observe(element);
}
