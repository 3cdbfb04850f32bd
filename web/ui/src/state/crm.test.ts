import { expect, test } from 'vitest';
import type { CallView } from '../api/types';
import { crmAddress } from './crm';

const call = { id: 'k1', number: '+819012345678', name: 'A&B #1/../x?', entry: '+81312', queue: 'Support' } as CallView;

test.each([
  ['https://crm.example/?tel={number}&n={name}', 'https://crm.example/?tel=%2B819012345678&n=A%26B%20%231%2F..%2Fx%3F'],
  ['https://crm.example/{queue}/{call}?by={agent}&to={entry}', 'https://crm.example/Support/k1?by=ben&to=%2B81312'],
  ['https://crm.example/{other}', 'https://crm.example/{other}'],
])('%s', (template, address) => expect(crmAddress(template, call, 'ben')).toBe(address));

test('a name of dots leads to no other folder', () => {
  expect(crmAddress('https://crm.example/{name}/of/{number}', { ...call, name: '..' }, 'ben')).toBe(
    'https://crm.example//of/%2B819012345678',
  );
});
