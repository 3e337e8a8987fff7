import { emailFromJson, emailToJson, parseEmail } from '../../../lib/email';
import { emailToBundle } from '../../../lib/stix';
import { codes, crlf, fixture } from './message';

describe('a header as the sender wrote it', () => {
	it('raw UTF-8 that ends in the byte A0 keeps its last letter', async () => {
		const email = await parseEmail(fixture('subject-ends-a0.eml'));
		expect(email).toMatchObject({
			subject: 'Réservation déjà',
			from: [{ address: 'accueil@hotel.example', name: 'Café là' }],
		});
	});

	it('so does a file name that ends its field', async () => {
		const message = 'Content-Type: application/pdf\nContent-Disposition: attachment; filename=voil\xc3\xa0\n\nx';
		const { attachments } = await parseEmail(crlf(message));
		expect(attachments[0]!.fileName).toBe('voilà');
	});

	it('a date with a weekday in other letters is a date', async () => {
		const email = await parseEmail(fixture('date-weekday-cyrillic.eml'));
		expect(email.date).toEqual(new Date('2026-05-05T07:11:12Z'));
		expect(codes(email)).toEqual([]);
	});
});

describe('a From that shows, though no address stands in its place', () => {
	it.each([
		[
			'from-comment.eml',
			{ address: 'prize@draw.example', name: 'You have won' },
			'You have won,(<prize@draw.example>)',
		],
		[
			'from-encoded.eml',
			{ address: 'billing@invoices.example', name: 'Billing Office' },
			'"Billing Office" <billing@invoices.example>',
		],
	])('is the sender, marked as misplaced: %s', async (name, address, fromText) => {
		const email = await parseEmail(fixture(name));
		expect(email).toMatchObject({ from: [{ ...address, misplaced: true }], fromText });
		expect(codes(email)).toEqual(['from-misplaced']);
	});

	it('is no address when it only resembles one, and its text is kept', async () => {
		const email = await parseEmail(fixture('from-comma.eml'));
		expect(email).toMatchObject({ from: [], fromText: 'Ticket Desk <tickets@railroad,example>' });
		expect(codes(email)).toEqual(['from-missing', 'address-invalid']);
	});

	it.each([
		'tickets@railroad,example',
		'tickets@railroad , example',
		'tickets@railroad;example',
		'"tickets@railroad" <tickets@railroad,example>',
	])('makes no address of what a wrong sign tore in two: %s', async (from) => {
		const email = await parseEmail(crlf(`From: ${from}\nSubject: s\n\nx`));
		expect(email).toMatchObject({ from: [], fromText: from });
		expect(codes(email)).toEqual(expect.arrayContaining(['from-missing', 'address-invalid']));
	});

	it('nor of what a blank tore in two', async () => {
		const email = await parseEmail(crlf('From: tickets@rail road.example\nSubject: s\n\nx'));
		expect(email).toMatchObject({ from: [], fromText: 'tickets@rail road.example' });
	});

	it.each([
		'root@localhost',
		'root@localhost, ops@corp.example',
		'Operator <root@localhost>, Team <>',
		'root@localhost, Team <>',
	])('takes a host of the own network as it is: %s', async (from) => {
		const email = await parseEmail(crlf(`From: ${from}\nSubject: s\n\nx`));
		expect(email.from[0]).toMatchObject({ address: 'root@localhost' });
	});

	it('is in the bundle as it is shown', async () => {
		const bundles = await Promise.all(
			['"Help Desk" <>', '"Payroll" <>'].map(async (from) =>
				emailToBundle(await parseEmail(crlf(`From: ${from}\nSubject: s\n\nx`))),
			),
		);
		const messages = bundles.flatMap(({ objects }) => objects.filter((object) => object.type === 'email-message'));
		expect(messages.map((message) => message.additional_header_fields)).toEqual([
			{ From: '"Help Desk" <>' },
			{ From: '"Payroll" <>' },
		]);
	});

	it('keeps the name of a sender without any address', async () => {
		const email = await parseEmail(crlf('From: =?utf-8?Q?Soci=C3=A9t=C3=A9?= <>\nSubject: s\n\nx'));
		expect(email).toMatchObject({ from: [], fromText: 'Société <>' });
	});

	it('says nothing of the kind when there is an address', async () => {
		const email = await parseEmail(
			crlf('From: "boss@corp.example" <a@mail.example>\nDate: 5 May 2026 10:11 +0000\n\nx'),
		);
		expect(email.from).toEqual([{ address: 'a@mail.example', name: 'boss@corp.example' }]);
		expect(email.fromText).toBeUndefined();
		expect(codes(email)).toEqual([]);
	});

	it.each(['from-comment.eml', 'from-comma.eml'])('comes back from JSON as it was: %s', async (name) => {
		const { raw: _raw, ...email } = await parseEmail(fixture(name));
		expect(emailFromJson(JSON.parse(JSON.stringify(emailToJson(email))) as Record<string, unknown>)).toEqual(email);
	});
});

it('what is no address in another field is left out, and that is told', async () => {
	const email = await parseEmail(
		crlf('From: a@mail.example\nTo: b@corp.example, c@corp@example\nDate: 5 May 2026 10:11 +0000\n\nx'),
	);
	expect(email.to).toEqual([{ address: 'b@corp.example' }]);
	expect(email.warnings).toEqual([
		{
			code: 'address-invalid',
			message: 'Not everything in To is an address. The rest was left out.',
		},
	]);
});
