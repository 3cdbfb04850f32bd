// Pictures of the main states, light and dark, narrow and wide, in shots/. Fails if the page logs an error or breaks its policy.
import { mkdirSync } from 'node:fs';
import { signIn, withBrowser } from './browser.mjs';
import { lines } from './devices.mjs';
import { calls } from './out.mjs';
import { startFake } from './server.mjs';
import { openPage, signInAgain, watchPages } from './supervisor.mjs';
import { talks } from './talks.mjs';

const out = new URL('../shots/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const sizes = (process.env.SIZES ?? '360x760,1280x800').split(',').map((s) => s.split('x').map(Number));
const languages = (process.env.LANGUAGES ?? 'en,ja,tr').split(',');
const only = process.env.ONLY?.split(',');
const wanted = (name) => !only || only.includes(name);
const fake = await startFake();
const errors = [];

for (const colorScheme of (process.env.THEMES ?? 'light,dark').split(',')) {
  for (const locale of languages) await pictures(colorScheme, locale);
}
await fake.close();
const real = errors.filter((e) => !/ERR_|WebSocket|Failed to load/.test(e));
for (const e of new Set(real)) console.error(e);
process.exit(real.length ? 1 : 0);

async function pictures(colorScheme, locale) {
  const options = { colorScheme, locale, reducedMotion: 'reduce' };
  await withBrowser(options, ['--use-fake-ui-for-media-stream'], async (context) => {
    const page = await context.newPage();
    page.on('console', (m) => m.type() === 'error' && !/401|409/.test(m.text()) && errors.push(m.text()));
    page.on('pageerror', (e) => errors.push(e.message));
    const shot = async (name) => {
      if (!wanted(name)) return;
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(150);
        await page.screenshot({
          path: `${out}${name}-${width}-${colorScheme}${locale === 'en' ? '' : `-${locale}`}.png`,
        });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) errors.push(`${name} in ${locale} at ${width}: ${wide} px too wide`);
      }
    };
    await page.goto(fake.url);
    await page.getByTestId('login-user').fill('ben');
    await page.getByTestId('login-password').fill('wrong');
    await page.getByTestId('login-submit').click();
    await page.getByTestId('login-error').waitFor();
    await shot('login');
    await signIn(page, fake.url);
    for (const name of ['idle', 'ringing', 'withheld', 'talking', 'wrapUp', 'noticed']) {
      fake.scene(name);
      await page.waitForTimeout(450);
      if (name === 'talking') await page.getByTestId('notes').evaluate((e) => e.focus());
      await shot(name);
    }
    await talks(page, fake, shot);
    await calls(page, fake, shot);
    await lines(page, fake, shot);
    fake.scene('idle');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByTestId('status-menu').click();
    await shot('menu');
    await page.keyboard.press('Escape');
    await page.getByTestId('account').click();
    await shot('account');
    await page.keyboard.press('Escape');
    for (const name of watchPages) {
      await openPage(page, fake.url, name);
      await shot(name);
    }
    await signInAgain(page, fake.url, 'ben');
    fake.down = true;
    fake.cut();
    await page.getByTestId('banner').waitFor();
    await shot('lost');
    fake.down = false;
  });
}
