import { emailFromItem, emailFromJson, emailToJson } from '../../../lib/email';

/** Found by `npm run fuzz -- item`: a time of the year 275,760 went into the message and was lost when that was read back from JSON. */

describe('An item whose time no calendar of STIX has', () => {
	it.each([8.64e15, -8.64e15, 253_402_300_800_000, new Date(8.64e15)])(
		'is read without it: receivedAt %s',
		async (receivedAt) => {
			const json = { subject: 's', from: 'a@example.org', text: 'x', headers: {}, receivedAt };
			const email = await emailFromItem(json);
			expect(email.receivedAt).toBeUndefined();
			expect(emailToJson(emailFromJson(emailToJson(email)))).toEqual(emailToJson(email));
		},
	);

	it('keeps the last moment that has four digits', async () => {
		const receivedAt = '9999-12-31T23:59:59.999Z';
		const email = await emailFromItem({ subject: 's', from: 'a@example.org', text: 'x', receivedAt });
		expect(email.receivedAt?.toISOString()).toBe(receivedAt);
	});
});
