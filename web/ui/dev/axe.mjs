// Accessibility of every scene by axe (WCAG 2.2 A and AA), light and dark, wide and narrow. Exit 1 at a violation.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { signIn, withBrowser } from './browser.mjs';
import { lines } from './devices.mjs';
import { calls } from './out.mjs';
import { startFake } from './server.mjs';
import { openPage, watchPages } from './supervisor.mjs';
import { talks } from './talks.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const fake = await startFake();
let violations = 0;

for (const colorScheme of ['light', 'dark']) {
  await withBrowser({ colorScheme, reducedMotion: 'reduce' }, ['--use-fake-ui-for-media-stream'], async (context) => {
    const page = await context.newPage();
    const inspect = async (name) => {
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate(`${axe};0`);
        const found = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), tags);
        for (const v of found.violations) {
          violations += 1;
          console.log(`${name} ${width} ${colorScheme}: ${v.id}: ${v.help}`);
          for (const node of v.nodes) console.log('   ', node.html.slice(0, 160), node.any[0]?.message ?? '');
        }
      }
    };
    await page.goto(fake.url);
    await page.getByTestId('login-user').waitFor();
    await inspect('login');
    await signIn(page, fake.url);
    for (const name of ['idle', 'ringing', 'withheld', 'talking', 'wrapUp', 'noticed']) {
      fake.scene(name);
      await page.waitForTimeout(450);
      await inspect(name);
    }
    await calls(page, fake, inspect);
    // A deed is done where the page is wide: what is inspected has changed the width.
    const done = async (name) => {
      await inspect(name);
      await page.setViewportSize({ width: 1280, height: 800 });
    };
    await page.setViewportSize({ width: 1280, height: 800 });
    await talks(page, fake, done);
    await lines(page, fake, done);
    for (const menu of ['status-menu', 'account']) {
      await page.getByTestId(menu).click();
      await inspect(menu);
      await page.keyboard.press('Escape');
    }
    for (const name of watchPages) {
      await openPage(page, fake.url, name);
      await inspect(name);
    }
  });
}
await fake.close();
console.log(violations === 0 ? 'no violation' : `${violations} violations`);
process.exit(violations === 0 ? 0 : 1);
