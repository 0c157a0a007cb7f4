/**
 * Draws the icons of the installed page from icon.svg, after a change of it:
 *
 *   node web/assets/icons.mjs
 */
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../../tests/chromium.mjs';

const svg = await readFile(new URL('./icon.svg', import.meta.url), 'utf8');
const browser = await chromium.launch(CHROMIUM);

async function draw(name, size, source) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<body style="margin:0">${source.replace('<svg', `<svg width="${size}" style="display:block"`)}`,
  );
  const bytes = await page.screenshot({ omitBackground: true });
  await writeFile(new URL(name, import.meta.url), bytes);
}

await draw('icon-192.png', 192, svg);
await draw('icon-512.png', 512, svg);
// Systems cut the corners of this one as they like.
await draw('icon-maskable-512.png', 512, svg.replace(' rx="7"', ''));
await browser.close();
