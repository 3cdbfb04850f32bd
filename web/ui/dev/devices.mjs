// The scenes of the line: a weak connection, a call at another phone, one that is being found again, and the test of devices.
const talkingWith = (fake, change) => {
  fake.scene('talking');
  change(fake.view.call.parties);
  fake.push(fake.view);
};

export const lineScenes = {
  weak: (fake) =>
    talkingWith(fake, (parties) => {
      parties[1].line = 'weak';
    }),
  customerBad: (fake) =>
    talkingWith(fake, (parties) => {
      parties[0].line = 'bad';
    }),
  reconnecting: (fake) =>
    talkingWith(fake, (parties) => {
      parties[1].state = 'reconnecting';
    }),
};

/** Shows each scene in turn. */
export async function lines(page, fake, shot) {
  for (const [name, scene] of Object.entries(lineScenes)) {
    scene(fake);
    await page.waitForTimeout(450);
    await shot(name);
  }
  fake.scene('idle');
  await page.getByTestId('account').click();
  await page.getByTestId('open-devices').click();
  await page.getByTestId('network-verdict').filter({ hasText: 'ms' }).waitFor();
  await page.waitForTimeout(400);
  await shot('devices');
  await page.getByTestId('devices-close').click();
}
