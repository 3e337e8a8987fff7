import { readReceived } from '../../../lib/received';

const read = (line: string) => {
	const { addresses, at, ...rest } = readReceived(line);
	return {
		...rest,
		...(at === undefined ? {} : { at: at.toISOString() }),
		addresses: addresses.map(({ value }) => value),
	};
};

describe('a Received field as a typed hop', () => {
	it('of Postfix', () => {
		const line =
			'from mail.sender.example (mail.sender.example [203.0.113.9]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx.corp.example (Postfix) with ESMTPS id 4XyZ1a for <jane@corp.example>; Fri, 20 Nov 2026 09:01:00 +0100 (CET)';
		expect(read(line)).toEqual({
			helo: 'mail.sender.example',
			reverse: 'mail.sender.example',
			addresses: ['203.0.113.9'],
			by: 'mx.corp.example',
			protocol: 'ESMTPS',
			id: '4XyZ1a',
			recipient: 'jane@corp.example',
			at: '2026-11-20T08:01:00.000Z',
			tls: true,
		});
	});

	it('of Exchange Online', () => {
		const line =
			'from mail.sender.example (203.0.113.9) by BN8NAM12FT030.mail.protection.outlook.com (10.13.183.5) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA) id 15.20.9343.9 via Frontend Transport; Fri, 20 Nov 2026 08:01:02 +0000';
		expect(read(line)).toEqual({
			helo: 'mail.sender.example',
			addresses: ['203.0.113.9'],
			by: 'bn8nam12ft030.mail.protection.outlook.com',
			protocol: 'SMTP',
			id: '15.20.9343.9',
			at: '2026-11-20T08:01:02.000Z',
			tls: true,
		});
	});

	it('of Gmail, which names no sender on its own ways', () => {
		expect(read('by 2002:a05:6a10:1 with SMTP id x1csp100; Fri, 20 Nov 2026 00:01:03 -0800 (PST)')).toEqual({
			by: '2002',
			protocol: 'SMTP',
			id: 'x1csp100',
			at: '2026-11-20T08:01:03.000Z',
			tls: false,
			addresses: [],
		});
	});

	it('of Sendmail, whose doubt about a name is believed', () => {
		const line =
			'from pc (mail.corp.example [198.51.100.7] (may be forged)) by mx.corp.example (8.17/8.17) with ESMTP id abc; Fri, 20 Nov 2026 08:00:00 +0000';
		expect(read(line)).not.toHaveProperty('reverse');
	});

	it.each(['', ';', 'from', 'from (', `from ${'('.repeat(10_000)}`, `by ${'a'.repeat(10_000)};${';'.repeat(10_000)}`])(
		'of what is none, without a fault: %#',
		(line) => {
			expect(readReceived(line).addresses).toEqual([]);
		},
	);
});
