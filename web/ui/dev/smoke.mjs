// The desk in Chromium against the fake server, with real WebRTC: what no unit test can see. Prints each check; exit 1 at the first that fails.
import assert from 'node:assert/strict';
import { signIn, withBrowser } from './browser.mjs';
import { accept, hears, offerFrom } from './caller.mjs';
import { startFake } from './server.mjs';

const wav = process.env.WAV; // a 1000 Hz tone for the fake microphone; without it Chromium's beeps
const microphone = wav ? [`--use-file-for-fake-audio-capture=${wav}`] : [];
const call1 = '019351f0-0000-7000-8000-000000000001';
let fake = await startFake();

// An INVITE that a page never answers, or a browser that doesn't close, would be waited for for ever: each check has its time, and so has the whole.
const checkLimit = 60_000;
const wholeLimit = 8 * 60_000;
const give = (error) => {
  console.error(error);
  process.exit(1); // what still waits would keep the process
};
setTimeout(() => give(new Error('the whole took too long')), wholeLimit).unref();
const check = async (name, act) => {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not done within ${checkLimit / 1000} s`)), checkLimit);
  });
  try {
    await Promise.race([act(), late]);
    console.log('ok  ', name);
  } catch (error) {
    console.log('FAIL', name);
    give(error);
  } finally {
    clearTimeout(timer);
  }
};
const until = async (what, condition, limit = 5000) => {
  for (const end = Date.now() + limit; Date.now() < end; await new Promise((ok) => setTimeout(ok, 25))) {
    if (await condition()) return;
  }
  assert.fail(`waited in vain: ${what}`);
};
const state = (page, word) =>
  until(word, async () => (await page.getByTestId('call-state').innerText()).startsWith(word));

async function talk(page, customer) {
  fake.scene('idle');
  const offer = await offerFrom(customer, 440);
  const answered = fake.sip.invite({ sdp: offer, call: call1 });
  fake.scene('ringing');
  await state(page, 'Ringing');
  await page.bringToFront();
  await page.waitForTimeout(350);
  await page.keyboard.press('Enter');
  const answer = await answered;
  assert.equal(answer.status, 200);
  await accept(customer, answer.sdp);
  fake.scene('talking');
  await state(page, 'Talking');
  return answer.id;
}

await withBrowser({}, ['--use-fake-ui-for-media-stream', ...microphone], async (context) => {
  const page = await context.newPage();
  const customer = await context.newPage();
  const errors = [];
  page.on('pageerror', (e) => errors.push(e.message));
  page.on('console', (m) => /Content Security|Refused/.test(m.text()) && errors.push(m.text()));
  await customer.goto(fake.url);
  await page.addInitScript(() => {
    if (location.protocol !== 'about:') localStorage.setItem('mediasrv.voiceProcessing', 'off');
  });
  await signIn(page, fake.url);
  await page.bringToFront();
  let id;

  await check('registers with digest, after a refused secret too', async () => {
    await until('registered', () => fake.sip.contact);
    fake.sip.rejectRegister = 1;
    fake.sip.cut();
    await until('registered again', () => fake.sip.contact && fake.sip.rejectRegister <= 0, 15000);
    await page.locator('[data-line=ready]').waitFor();
  });
  await check('available: shown at once, confirmed', async () => {
    await page.getByTestId('status-menu').click();
    await page.getByTestId('status-available').click();
    await page.locator('[data-testid=status-menu][data-status=available][aria-busy=false]').waitFor();
    assert.equal(fake.view.agent.status, 'available');
  });
  await check('refused status goes back with the reason', async () => {
    fake.refuse['PUT /api/me/status'] = 'Ask your supervisor first.';
    await page.getByTestId('status-menu').click();
    await page.getByTestId('status-away').click();
    await page.getByTestId('notice').filter({ hasText: 'supervisor' }).waitFor();
    assert.equal(await page.getByTestId('status-menu').getAttribute('data-status'), 'available');
    fake.refuse = {};
  });
  await check('Enter answers; both hear each other', async () => {
    id = await talk(page, customer);
    const agent = await hears(page, 'remote');
    assert.ok(Math.abs(agent.hz - 440) < 12 && agent.level > -50, JSON.stringify(agent));
    const caller = await hears(customer, 'heard');
    assert.ok(caller.level > -60, JSON.stringify(caller));
    if (wav) assert.ok(Math.abs(caller.hz - 1000) < 12, JSON.stringify(caller));
  });
  await check('M mutes and unmutes', async () => {
    await page.bringToFront();
    await page.keyboard.press('m');
    await page.locator('[data-testid=mute][aria-pressed=true]').waitFor();
    const silent = await hears(customer, 'heard');
    assert.ok(silent.level < -90, JSON.stringify(silent));
    await page.keyboard.press('m');
    await page.locator('[data-testid=mute][aria-pressed=false]').waitFor();
  });
  await check('another language counts at once, within the call, and is remembered', async () => {
    const choose = async (language) => {
      await page.getByTestId('account').click();
      await page.getByTestId(`language-${language}`).click();
      await page.keyboard.press('Escape');
      await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
    };
    await choose('ja');
    await state(page, '通話中');
    assert.match(await page.title(), /エージェント/);
    assert.ok(Math.abs((await hears(page, 'remote')).hz - 440) < 12);
    const next = await context.newPage();
    await next.goto(fake.url);
    await next.locator('html[lang=ja]').waitFor({ state: 'attached' });
    await next.close();
    await choose('en');
    await state(page, 'Talking');
  });
  await check('a second INVITE is 486', async () => {
    const answer = await fake.sip.invite({ sdp: 'v=0\r\n', call: 'other' });
    assert.equal(answer.status, 486);
    await state(page, 'Talking');
  });
  await check('connections cut in the call: banner, back, right again, sound goes on', async () => {
    fake.down = true;
    fake.cut();
    await page.getByTestId('banner').waitFor();
    await state(page, 'Talking');
    fake.view.call.queue = 'Sales';
    fake.down = false;
    await page.getByTestId('banner').waitFor({ state: 'detached', timeout: 15000 });
    assert.equal(await page.getByTestId('call-queue').innerText(), 'Sales');
    assert.ok(Math.abs((await hears(page, 'remote')).hz - 440) < 12);
    await until('registered', () => fake.sip.contact, 15000);
  });
  await check('the customer hangs up: wrap-up, notes, disposition, +10 s, done', async () => {
    for (const invite of fake.sip.calls.values()) invite.ws = fake.sip.ws;
    fake.sip.bye(id);
    fake.scene('wrapUp');
    await state(page, 'Wrap-up');
    await page.getByTestId('notes').fill('<b>invoice</b>');
    assert.equal(await page.getByTestId('wrapup-done').isDisabled(), true);
    await page.getByTestId('disposition').selectOption('Solved');
    await page.getByTestId('wrapup-extend').click();
    await until('extended', async () => Number(await page.getByTestId('wrapup').textContent()) > 24);
    await page.reload();
    await page.getByTestId('notes').filter({ hasText: '' }).waitFor();
    await until('the draft survives a reload', async () => (await page.getByTestId('notes').inputValue()) !== '');
    await page.getByTestId('wrapup-done').click();
    await state(page, 'Idle');
    assert.deepEqual(fake.done.at(-1), {
      notes: '<b>invoice</b>',
      disposition: 'Solved',
      status: 'open',
      lineRating: 0,
    });
  });
  await check('notes are sent by themselves when the time runs out', async () => {
    fake.scene('wrapUp');
    await page.getByTestId('notes').fill('late');
    await page.getByTestId('disposition').selectOption('Solved');
    fake.push({ ...fake.view, wrapUp: { ...fake.view.wrapUp, until: new Date(Date.now() + 1500).toISOString() } });
    await until('sent', () => fake.done.at(-1)?.notes === 'late');
  });
  await check('Escape twice hangs up with BYE', async () => {
    await until('registered', () => fake.sip.contact, 15000);
    await page.getByTestId('phone-line').or(page.getByTestId('notice')).first().waitFor();
    id = await talk(page, customer);
    await page.waitForTimeout(350);
    await page.keyboard.press('Escape');
    await page.locator('[data-testid=hangup][data-armed=true]').waitFor();
    await page.keyboard.press('Escape');
    await until('BYE', () => fake.sip.log.includes(`bye ${id}`));
    await state(page, 'Ended');
  });
  await check('Backspace held refuses with 603; a tap does not', async () => {
    fake.scene('idle');
    const answered = fake.sip.invite({ sdp: await offerFrom(customer, 440), call: call1 });
    fake.scene('ringing');
    await page.bringToFront();
    await state(page, 'Ringing');
    await page.waitForTimeout(350);
    await page.keyboard.press('Backspace', { delay: 200 });
    await page.waitForTimeout(600);
    await state(page, 'Ringing');
    await page.keyboard.press('Backspace', { delay: 700 });
    assert.equal((await answered).status, 603);
    await state(page, 'Ended');
  });
  await check('a cancelled offer stops ringing', async () => {
    fake.scene('idle');
    const answered = fake.sip.invite({ sdp: await offerFrom(customer, 440), call: call1 });
    fake.scene('ringing');
    await state(page, 'Ringing');
    await page.waitForTimeout(300);
    fake.sip.cancel([...fake.sip.calls.keys()].at(-1));
    fake.scene('idle');
    assert.equal((await answered).status, 487);
    await state(page, 'Idle');
  });
  await check('"answer" before the INVITE waits for it', async () => {
    fake.scene('ringing');
    await state(page, 'Ringing');
    await page.bringToFront();
    await page.getByTestId('answer').click();
    await state(page, 'Connecting');
    const answer = await fake.sip.invite({ sdp: await offerFrom(customer, 440), call: call1 });
    assert.equal(answer.status, 200);
    fake.sip.bye(answer.id);
    fake.scene('idle');
    await state(page, 'Idle');
  });
  await check('a second window leaves the phone to the first, and takes it when that is closed', async () => {
    const second = await context.newPage();
    await second.goto(fake.url);
    await second.locator('[data-line=elsewhere]').waitFor();
    await second.close();
    await page.locator('[data-line=ready]').waitFor();
    const third = await context.newPage();
    await third.goto(fake.url);
    await third.locator('[data-line=elsewhere]').waitFor();
    await page.goto('about:blank');
    await third.locator('[data-line=ready]').waitFor();
    await third.close();
    await page.goto(fake.url);
    await page.locator('[data-line=ready]').waitFor();
  });
  await check('a login that is over leads to the login page, which says so', async () => {
    await context.clearCookies();
    fake.cut();
    await page.getByText('Your sign-in has ended').waitFor({ timeout: 10000 });
  });
  await check('nothing broke the policy or threw', () => assert.deepEqual(errors, []));
});
await fake.close();

fake = await startFake();
await withBrowser({ permissions: [] }, ['--deny-permission-prompts'], async (context) => {
  const page = await context.newPage();
  const customer = await context.newPage();
  await customer.goto(fake.url);
  await signIn(page, fake.url);
  await until('registered', () => fake.sip.contact);
  await check('available without a microphone is not asked for', async () => {
    await page.getByTestId('status-menu').click();
    await page.getByTestId('status-available').click();
    await page.getByTestId('notice').filter({ hasText: 'microphone' }).waitFor();
    assert.equal(fake.view.agent.status, 'offline');
  });
  await check('answering without a microphone is 480 with the reason', async () => {
    const answered = fake.sip.invite({ sdp: await offerFrom(customer, 440), call: call1 });
    fake.scene('ringing');
    await page.bringToFront();
    await page.getByTestId('answer').click();
    const answer = await answered;
    assert.equal(answer.status, 480);
    assert.equal(answer.reason, 'SIP;text="microphone"');
  });
});
await fake.close();
