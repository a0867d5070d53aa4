import type { SiteManifest, SiteModel } from '../manifest.js';
import { find } from './dom.js';

/** @throws Error where the page and its manifest do not belong together */
export function modelNamed({ models }: SiteManifest, name: string | undefined): SiteModel {
  const model = models.find((one) => one.name === name);
  if (!model) throw new Error(`The manifest should have a model ${name}: build the site again.`);
  return model;
}

/** Cards of models, side by side: each has a canvas, and a choice of classes where its model has any. */
export interface ModelCard {
  model: SiteModel;
  element: HTMLElement;
  canvas: HTMLCanvasElement;
  /** The class chosen; null where the model has none. */
  classIndex: () => number | null;
}

export function modelCards(manifest: SiteManifest, place: HTMLElement, onClass: () => void): ModelCard[] {
  return [...place.querySelectorAll<HTMLElement>('[data-model]')].map((element) => {
    const choice = element.querySelector('select');
    choice?.addEventListener('change', onClass);
    const model = modelNamed(manifest, element.dataset.model);
    return {
      model,
      element,
      canvas: find(element, 'canvas', HTMLCanvasElement),
      classIndex: () => (choice ? Number(choice.value) : model.classes === null ? null : 0),
    };
  });
}

/** Numbers of a seed's field, with its button for the next. */
export class SeedField {
  private readonly field: HTMLInputElement;

  constructor(id: string, onChange: () => void) {
    this.field = find(document, `#${id}-seed`, HTMLInputElement);
    const take = () => {
      this.taken = this.field.value;
/** Does what Enter in a field is for, in place of pressing the form's button. */
export function onEnter(field: HTMLInputElement, act: () => void): void {
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    act();
  });
}

      onChange();
    });
  }
  /** The text last acted on: leaving the field after Enter is no change. */
  private taken: string | null = null;
  private last = -1;

  /** @throws Error with a sentence where it is no seed */
  value(): number {
    const value = Number(this.field.value);
    const valid = this.field.value.trim() !== '' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
    return valid ? value : null;
    };
    this.field.addEventListener('change', () => {
      if (this.field.value !== this.taken) take();
    });
    onEnter(this.field, take);
    find(document, `#${id}-next`, HTMLButtonElement).addEventListener('click', () => {
      this.field.value = String(((this.read() ?? this.last) + 1) % 2 ** 32);
      take();
  }
}
    const value = this.read();
    if (value === null)
      throw new Error(`a seed is a whole number from 0 to ${2 ** 32 - 1}, got "${this.field.value}"`);
    this.last = value;
    return value;
  }

  private read(): number | null {
