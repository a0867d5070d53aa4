// Real JupyterLab in headless Chromium, with the notebook of Table 4: run, look, interrupt, restart, a new notebook.
// `--screenshots DIR` keeps pictures of it, in the light and the dark theme.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
// @ts-expect-error: a plain script, with JSDoc types only
import { chromiumOptions } from './chromium.mjs';
import { startLab } from './lab/jupyterLab.js';
import { type Notebook, readNotebook, writeNotebook } from './notebooks/notebookFile.js';

const { values } = parseArgs({ options: { screenshots: { type: 'string' } } });
const notebooks = fileURLToPath(new URL('../notebooks', import.meta.url));
const patience = { timeout: 300_000 };

/** Runs a command of JupyterLab's, such as a menu does, without waiting for its end. */
const command = (page: Page, id: string, args: object = {}) =>
  page.evaluate(
    ([name, given]) => {
      type App = { jupyterapp: { commands: { execute(id: string, args: object): Promise<unknown> } } };
      void (globalThis as unknown as App).jupyterapp.commands.execute(name, given);
    },
    [id, args] as const,
  );

const tool = (page: Page, name: string): Locator =>
  page.locator(`.jp-NotebookPanel:visible [data-jp-item-name="${name}"] jp-button`);
const cells = (page: Page): Locator => page.locator('.jp-NotebookPanel:visible .jp-CodeCell');

async function shoot(page: Page, name: string, part: Locator): Promise<void> {
  if (values.screenshots === undefined) return;
  mkdirSync(values.screenshots, { recursive: true });
  await part.scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(values.screenshots, `${name}.png`) });
}

/** Adds a cell at the end, runs it, and leaves it selected. */
async function runNew(page: Page, code: string): Promise<Locator> {
  const before = await cells(page).count();
  await cells(page).last().locator('.cm-content').click();
  await page.keyboard.press('Escape');
  await command(page, 'notebook:insert-cell-below');
  const cell = cells(page).nth(before);
  await cell.locator('.cm-content').click();
  await page.keyboard.insertText(code);
  await command(page, 'notebook:run-cell');
  return cell;
}

const textOf = async (part: Locator) => (await part.textContent()) ?? '';
const prompt = (cell: Locator) => cell.locator('.jp-InputPrompt');
const finished = async (cell: Locator) => {
  await cell
    .page()
    .waitForFunction(
      (element) => /^\[\d+\]:$/.test(element?.querySelector('.jp-InputPrompt')?.textContent ?? ''),
      await cell.elementHandle(),
      patience,
    );
};
const output = async (cell: Locator) => {
  await finished(cell);
  return (await cell.locator('.jp-OutputArea-output').allInnerTexts()).join('\n');
};

async function runsTable4(page: Page): Promise<void> {
  await command(page, 'notebook:run-all-cells');
  const count = await cells(page).count();
  for (let i = 0; i < count; i++) await finished(cells(page).nth(i));
  assert.equal(await page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count(), 0, 'stderr');
  const table = page.locator('.jp-OutputArea-output table').first();
  assert.match(await textOf(table), /Diagonal BiLSTM \(7 layers, h = 16\)\s*79\.20/);
}

async function hoversTheFigure(page: Page): Promise<void> {
  const figure = page
    .locator('.jp-OutputArea-output.js-plotly-plot, .jp-OutputArea-output .js-plotly-plot')
    .first();
  await figure.scrollIntoViewIfNeeded();
  const points = figure.locator('.scatterlayer .trace').nth(1).locator('.points path');
  await points.first().waitFor(patience);
  const box = await points.first().boundingBox();
  assert.ok(box, 'a point of the figure');
  await page.mouse.move(box.x + box.width / 2 - 3, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const label = figure.locator('.hoverlayer .hovertext');
  await label.waitFor();
  const text = await textOf(label);
  const { rows } = JSON.parse(await readFile(join(notebooks, '../results/table4/table.json'), 'utf8')) as {
    rows: { label: string; test: number | null }[];
  };
  const point = rows.find(({ test, label }) => test !== null && text.startsWith(label));
  assert.ok(point, `a measured row of Table 4, not ${text}`);
  assert.ok(text.includes(`ours: ${point.test?.toFixed(3)}`), text);
  assert.match(await textOf(label), /nats per image/);
  await shoot(page, 'figure', figure);
}

/** Pictures for the eye, where they are wanted. */
async function showsBothThemes(page: Page): Promise<void> {
  const parts = {
    table: page.locator('.jp-OutputArea-output table').first(),
    figure: page.locator('.js-plotly-plot').first(),
    bits: page.locator('.js-plotly-plot').nth(1),
    curve: page.locator('.js-plotly-plot').nth(2),
  };
  for (const [theme, light] of [
    ['JupyterLab Dark', false],
    ['JupyterLab Light', true],
  ] as const) {
    await command(page, 'apputils:change-theme', { theme });
    await page.locator(`body[data-jp-theme-light="${light}"]`).waitFor({ state: 'attached' });
    for (const [name, part] of Object.entries(parts))
      await shoot(page, `${name}-${light ? 'light' : 'dark'}`, part);
  }
}

async function interruptsTraining(page: Page): Promise<void> {
  const training = await runNew(
    page,
    'const without = { ...row.training, steps: 1_000_000 };\nawait train(row.model, without, data);',
  );
  const line = training.locator('.jp-OutputArea progress');
  await line.waitFor(patience);
  const said = training.locator('.jp-OutputArea-output code');
  assert.match(
    await textOf(said),
    /^step \d+\/1000000 {2}\d+\.\d{4} nats {2}(\d+\.\d{4} nats on validation images {2})?[\d.]+ images\/s {2}[\d:]+ left$/,
  );
  assert.equal(await textOf(prompt(training)), '[*]:');
  await shoot(page, 'training', training);
  await tool(page, 'interrupt').click();
  assert.match(await output(training), /AbortError|[Ii]nterrupt/);
  const after = await textOf(said);
  const still = await runNew(
    page,
    [
      'const before = row.model.getWeights()[0]!.dataSync().slice();',
      'await new Promise((resolve) => setTimeout(resolve, 2000));',
      'const now = row.model.getWeights()[0]!.dataSync();',
      "console.log(before.every((value, i) => value === now[i]) ? 'stands still' : 'goes on');",
    ].join('\n'),
  );
  assert.equal((await output(still)).trim(), 'stands still');
  assert.equal(await textOf(said), after, 'the progress line after the interrupt');
  await shoot(page, 'interrupted', training);
}

async function restarts(page: Page): Promise<void> {
  await tool(page, 'restart').click();
  await page.locator('.jp-Dialog .jp-mod-accept').click();
  const cell = await runNew(page, '6 * 7');
  assert.equal((await output(cell)).trim(), '42');
  assert.match(await textOf(prompt(cell)), /^\[1\]:$/);
  const gone = await runNew(page, 'row');
  assert.match(await output(gone), /Cannot find name 'row'/);
}

async function createsTypeScript(page: Page): Promise<void> {
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^File$/ }).click();
  await page.locator('.lm-Menu-item[data-type="submenu"]', { hasText: /^New/ }).first().click();
  await page.locator('.lm-Menu-item[data-command="notebook:create-new"]').click();
  const dialog = page.locator('.jp-Dialog');
  await dialog.waitFor(patience);
  const chosen = dialog.locator('select option:checked');
  assert.equal((await textOf(chosen)).trim(), 'TypeScript');
  await dialog.locator('.jp-mod-accept').click();
  await page
    .locator('.jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .waitFor(patience);
  const cell = cells(page).first();
  await cell.locator('.cm-content').click();
  await page.keyboard.insertText("const word: string = 'typed';\nword");
  await command(page, 'notebook:run-cell');
  assert.equal((await output(cell)).trim(), "'typed'");
}

const unexecuted = (notebook: Notebook): Notebook => ({
  ...notebook,
  cells: notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  ),
});

const scratch = join(notebooks, 'scratch');
mkdirSync(scratch, { recursive: true });
const folder = mkdtempSync(join(scratch, 'lab-'));
const settings = mkdtempSync(join(tmpdir(), 'pixelrnn-lab-'));
await writeNotebook(
  join(folder, 'table4.ipynb'),
  unexecuted(await readNotebook(join(notebooks, 'table4.ipynb'))),
);
const lab = await startLab(settings);
let browser: Browser | undefined;
let page: Page | undefined;
try {
  browser = await chromium.launch(chromiumOptions());
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(60_000);
  await page.goto(`${lab.address}lab/tree/${folder.slice(notebooks.length + 1)}/table4.ipynb?reset`);
  await page.getByText('TypeScript | Idle').waitFor(patience);
  for (const [name, step] of Object.entries({
    'runs table4 and shows its table': runsTable4,
    'hovers the figure and reads its label': hoversTheFigure,
    ...(values.screenshots && { 'changes its theme': showsBothThemes }),
    'stops a training, which then stands still': interruptsTraining,
    'restarts the kernel': restarts,
    'creates a notebook, which is TypeScript': createsTypeScript,
  })) {
    await step(page);
    console.log(`JupyterLab ${name}`);
  }
} catch (error) {
  await page?.screenshot({ path: join(tmpdir(), 'pixelrnn-lab-failed.png') }).catch(() => {}); // the error says more
  console.error(`a screenshot of the failure is in ${join(tmpdir(), 'pixelrnn-lab-failed.png')}`);
  throw error;
} finally {
  await browser?.close();
  await lab.stop();
  for (const path of [folder, settings]) rmSync(path, { recursive: true, force: true });
}
