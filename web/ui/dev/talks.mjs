// Walks through what can be done within a call, and tells at each state.
export async function talks(page, fake, at) {
  const press = async (key, until) => {
    await page.waitForTimeout(350);
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press(key);
    await page.locator(until).waitFor();
  };
  fake.scene('talking');
  await page.waitForTimeout(450);
  await press('k', '[data-testid=digit-1]');
  await page.keyboard.press('1');
  await page.keyboard.press('#');
  await page.getByTestId('digits-sent').filter({ hasText: '1#' }).waitFor();
  await at('keypad');
  await page.keyboard.press('Escape');
  await press('h', '[data-talk=held]');
  await press('r', '[data-testid=unpause]');
  await at('held');
  await press('t', '[data-testid=agent-chiara]');
  await at('targets');
  await page.keyboard.press('Escape');
  await press('c', '[data-testid=agent-chiara]');
  await page.getByTestId('agent-chiara').click();
  await page.locator('[data-talk=consulting]').waitFor();
  await at('consulting');
  await press('c', '[data-talk=switched]');
  await press('p', '[data-talk=talking]');
  await at('conference');
  fake.refuse['POST /api/me/hold'] = 'The call is on hold already.';
  await press('h', '.call-message.bad');
  await at('refused');
  fake.refuse = {};
}
