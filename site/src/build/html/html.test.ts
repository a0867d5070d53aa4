import { expect, test } from 'vitest';
import { html } from './html.js';

test('values are escaped, markup is not, null is nothing', () => {
  const part = html`<b>${'a < b & "c"'}</b>`;
  expect(html`<p title="${'"'}">${part}${[part, part]}${null}${3}</p>`.text).toBe(
    `<p title="&quot;">${'<b>a &lt; b &amp; &quot;c&quot;</b>'.repeat(3)}3</p>`,
  );
});
