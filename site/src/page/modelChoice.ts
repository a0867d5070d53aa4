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
  /** Chooses a class, where the model has one of that name. */
  chooseClass: (name: string) => void;
  /** The model's name, with the class that it is told. */
  told: () => string;
}

export function modelCards(manifest: SiteManifest, place: HTMLElement, onClass: () => void): ModelCard[] {
  return [...place.querySelectorAll<HTMLElement>('[data-model]')].map((element) => {
    const model = modelNamed(manifest, element.dataset.model);
    const { label, classes } = model;
    const choice = classes && find(element, 'select', HTMLSelectElement);
    choice?.addEventListener('change', onClass);
    return {
      model,
      element,
      canvas: find(element, 'canvas', HTMLCanvasElement),
      classIndex: () => (choice ? choice.selectedIndex : null),
      chooseClass: (name) => {
        if (choice && classes?.includes(name)) choice.value = name;
      },
      told: () => (choice ? `${label} (told class ${choice.value})` : label),
    };
  });
}

/** Does what Enter in a field is for, in place of pressing the form's button. */
export function onEnter(field: HTMLInputElement, act: () => void): void {
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    act();
  });
}

/** Numbers of a seed's field, with its button for the next. */
export class SeedField {
  private readonly field: HTMLInputElement;
  /** The text last acted on: leaving the field after Enter is no change. */
  private taken: string | null = null;
  private last = -1;

  constructor(id: string, onChange: () => void) {
    this.field = find(document, `#${id}-seed`, HTMLInputElement);
    const take = () => {
      this.taken = this.field.value;
      onChange();
    };
    this.field.addEventListener('change', () => {
      if (this.field.value !== this.taken) take();
    });
    onEnter(this.field, take);
    find(document, `#${id}-next`, HTMLButtonElement).addEventListener('click', () => {
      this.field.value = String(((this.read() ?? this.last) + 1) % 2 ** 32);
      take();
    });
  }

  /** @throws Error with a sentence where it is no seed */
  value(): number {
    const value = this.read();
    if (value === null)
      throw new Error(`a seed is a whole number from 0 to ${2 ** 32 - 1}, got "${this.field.value}"`);
    this.last = value;
    return value;
  }

  private read(): number | null {
    const value = Number(this.field.value);
    const valid = this.field.value.trim() !== '' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
    return valid ? value : null;
  }
}
