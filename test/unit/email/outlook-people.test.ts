import {
	asMsgMail,
	ATTRIBUTE,
	attribute,
	inner,
	msg,
	oneOff,
	oneOffs,
	properties,
	property,
	recipient,
	stream,
	string8,
	text,
	unicode,
	winmail,
} from './outlookFiles';
import { codes } from './message';

const X500 = '/O=CORP/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=7F3A';
const read = (...nodes: Parameters<typeof msg>) => inner(asMsgMail(msg(...nodes)));
const binary = (id: number, data: Buffer) => stream(id, 0x0102, data);

describe('the sender of a message that never came over the internet', () => {
	it.each([
		['0x5D01', [text(0x5d01, 'boss@corp.example')]],
		['0x5D02, of the one it was sent for', [text(0x5d02, 'boss@corp.example')]],
		['0x0065, of the one it was sent for', [text(0x0065, 'boss@corp.example')]],
		['an entry id', [binary(0x0c19, oneOff('Boss', 'boss@corp.example'))]],
		['an entry id of 8-bit strings', [binary(0x0041, oneOff('Boss', 'boss@corp.example', { wide: false }))]],
		['0x5D0A, when there is nothing else', [text(0x5d0a, 'boss@corp.example')]],
		['the name', [text(0x0c1a, 'boss@corp.example')]],
	])('is read where its address stands beside an X.500 name: %s', async (_, nodes) => {
		const email = await read(text(0x0c1f, X500), ...nodes);
		expect(email.from.map(({ address }) => address)).toEqual(['boss@corp.example']);
	});

	it('is its name, when there is no address', async () => {
		const email = await read(text(0x0c1f, X500), text(0x0c1a, 'The Boss'));
		expect(email).toMatchObject({ from: [], fromText: 'The Boss' });
	});

	it('sent on behalf: who it was sent for, and who sent it', async () => {
		const email = await read(
			text(0x0c1a, 'Assistant'),
			text(0x0c1f, 'assistant@corp.example'),
			text(0x0042, 'Boss'),
			text(0x0065, 'boss@corp.example'),
		);
		expect(email.from).toEqual([{ address: 'boss@corp.example', name: 'Boss' }]);
		expect(email.sender).toEqual({ address: 'assistant@corp.example', name: 'Assistant' });
	});

	it('sent by the same: there is no other sender', async () => {
		const email = await read(text(0x0c1f, 'Boss@corp.example'), text(0x0065, 'boss@corp.example'));
		expect(email.from).toEqual([{ address: 'boss@corp.example' }]);
		expect(email.sender).toBeUndefined();
	});

	it('with a header, the header counts', async () => {
		const email = await read(text(0x7d, 'From: header@mail.example\r\n'), text(0x0065, 'other@corp.example'));
		expect(email.from).toEqual([{ address: 'header@mail.example' }]);
	});
});

describe('to whom answers go, and what is answered', () => {
	it('the addresses of the entry ids', async () => {
		const email = await read(
			binary(0x004f, oneOffs(oneOff('Thief', 'thief@evil.example'), oneOff('', X500, { type: 'EX' }))),
			text(0x1042, '<parent@corp.example>'),
			text(0x1039, '<first@corp.example> <parent@corp.example>'),
		);
		expect(email).toMatchObject({
			replyTo: [{ address: 'thief@evil.example', name: 'Thief' }],
			inReplyTo: '<parent@corp.example>',
			references: ['<first@corp.example>', '<parent@corp.example>'],
		});
	});

	it('or their names, when those are addresses', async () => {
		const email = await read(text(0x0050, 'thief@evil.example;second@evil.example;Nobody'));
		expect(email.replyTo.map(({ address }) => address)).toEqual(['thief@evil.example', 'second@evil.example']);
	});
});

describe('recipients', () => {
	it('whose address stands in their name, or in an entry id', async () => {
		const email = await read(
			recipient(0, [text(0x3001, 'nobody@corp.example')]),
			recipient(1, [text(0x3003, X500), binary(0x0fff, oneOff('Ann', 'ann@corp.example'))]),
		);
		expect(email.to).toEqual([{ address: 'nobody@corp.example' }, { address: 'ann@corp.example', name: 'Ann' }]);
	});

	it('without any address are told', async () => {
		const email = await read(recipient(0, [text(0x3003, X500), text(0x3001, 'Unknown')]));
		expect([email.to, codes(email)]).toEqual([[], ['partial', 'recipient-without-address']]);
	});
});

describe('what stands in attributes of a winmail.dat, and not among its properties', () => {
	const u16 = (...values: number[]): Buffer => {
		const bytes = Buffer.alloc(values.length * 2);
		values.forEach((value, i) => bytes.writeUInt16LE(value, i * 2));
		return bytes;
	};
	const [name, address] = [string8('Ann'), string8('SMTP:ann@mail.example')];
	const from = attribute(ATTRIBUTE.from, Buffer.concat([u16(4, 0, name.length, address.length), name, address]));
	const date = attribute(ATTRIBUTE.dateSent, u16(2026, 5, 5, 10, 11, 12, 2));
	const u32 = (value: number): Buffer => Buffer.concat([u16(value), u16(0)]);
	const recipients = attribute(
		ATTRIBUTE.recipients,
		Buffer.concat([
			u32(2),
			properties([property(0x0c15, 3, u32(1), { fixed: true }), unicode(0x39fe, 'to@corp.example')]),
			properties([property(0x0c15, 3, u32(2), { fixed: true }), unicode(0x3003, 'cc@corp.example')]),
		]),
	);

	it('is the sender, the date and the recipients', async () => {
		expect(await inner(winmail(from, date, recipients))).toMatchObject({
			from: [{ address: 'ann@mail.example', name: 'Ann' }],
			date: new Date('2026-05-05T10:11:12Z'),
			to: [{ address: 'to@corp.example' }],
			cc: [{ address: 'cc@corp.example' }],
		});
	});

	it('and whom it was sent for', async () => {
		const [boss, mail] = [string8('Boss'), string8('SMTP:boss@corp.example')];
		const sentFor = attribute(ATTRIBUTE.sentFor, Buffer.concat([u16(boss.length), boss, u16(mail.length), mail]));
		expect(await inner(winmail(from, sentFor))).toMatchObject({
			from: [{ address: 'boss@corp.example', name: 'Boss' }],
			sender: { address: 'ann@mail.example' },
		});
	});

	it('counts less than the properties', async () => {
		const list = properties([unicode(0x0c1f, 'props@mail.example')]);
		const email = await inner(winmail(from, attribute(ATTRIBUTE.properties, list)));
		expect(email.from.map((one) => one.address)).toEqual(['props@mail.example']);
		expect(codes(email)).toEqual(['partial']);
	});

	it('a date that is none is none', async () => {
		const email = await inner(winmail(attribute(ATTRIBUTE.dateSent, u16(2026, 2, 31, 10, 11, 12, 2))));
		expect(email.date).toBeUndefined();
	});

	it('attributes without their type are the same', async () => {
		const email = await inner(
			winmail(
				attribute(0x00008004, string8('plain')),
				attribute(0x00009002, Buffer.alloc(14)),
				attribute(0x00008010, string8('a.txt')),
				attribute(0x0000800f, Buffer.from('bytes')),
			),
		);
		expect(email.subject).toBe('plain');
		expect(email.attachments).toMatchObject([{ fileName: 'a.txt', size: 5 }]);
	});
});
