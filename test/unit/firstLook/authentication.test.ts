import { parseEmail } from '../../../lib/email';
import { firstLook, readAuthenticationResults, type FirstLookOptions } from '../../../lib/firstLook';
import { FIRST_LOOK_LIMITS } from '../../../lib/limits';

const look = async (header: string, options?: FirstLookOptions) =>
	firstLook(await parseEmail(Buffer.from(`${header.trim()}\n\nText\n`.replace(/\n/g, '\r\n'))), options);

const RECEIVED = `Received: from mail.sender.example (mail.sender.example [203.0.113.9])
 by mx.corp.example (Postfix) with ESMTPS id 1; Fri, 20 Nov 2026 08:01:00 +0000`;

describe('reading Authentication-Results', () => {
	it('in the form of RFC 8601, with comments, quotes and versions', () => {
		const body =
			'mx.corp.example 1; spf=pass (a; comment) smtp.mailfrom=a@sender.example; dkim/1=fail reason="bad; signature" header.d=sender.example header.s=s1 header.a=rsa-sha256; dmarc=pass (p=REJECT dis=NONE) header.from=sender.example';
		expect(readAuthenticationResults(body)).toEqual({
			server: 'mx.corp.example',
			results: [
				{ method: 'spf', result: 'pass', comment: 'a; comment', properties: { 'smtp.mailfrom': 'a@sender.example' } },
				{
					method: 'dkim',
					result: 'fail',
					reason: 'bad; signature',
					properties: { 'header.d': 'sender.example', 'header.s': 's1', 'header.a': 'rsa-sha256' },
				},
				{
					method: 'dmarc',
					result: 'pass',
					comment: 'p=REJECT dis=NONE',
					properties: { 'header.from': 'sender.example' },
				},
			],
		});
	});

	it('in the form of Exchange Online, which names no server', () => {
		const body =
			'spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=sender.example; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=sender.example;compauth=fail reason=000';
		const { server, results } = readAuthenticationResults(body);
		expect(server).toBeUndefined();
		expect(results.map(({ method, result }) => `${method}=${result}`)).toEqual([
			'spf=fail',
			'dkim=none',
			'dmarc=fail',
			'compauth=fail',
		]);
		expect(results[3]).toMatchObject({ reason: '000' });
	});

	it.each(['', ';;;', 'none', '((((', '"', 'x; =pass', 'mx; none', `${'('.repeat(50_000)}`, 'a=b '.repeat(20_000)])(
		'of what is none, without a fault: %#',
		(body) => {
			expect(readAuthenticationResults(body).results.length).toBeLessThan(2);
		},
	);

	it('reads a bounded number of results', () => {
		expect(readAuthenticationResults(`mx; ${'dkim=pass; '.repeat(500)}`).results).toHaveLength(
			FIRST_LOOK_LIMITS.maxResults,
		);
	});
});

describe('whether a message is from whom it says', () => {
	it('is what one’s own server says, with the domains that it looked at', async () => {
		const { authentication } = await look(`
Authentication-Results: mx.corp.example; spf=pass smtp.mailfrom=bounce@news.sender.example;
 dkim=pass header.d=sender.example header.s=s1; dmarc=pass (p=REJECT) header.from=sender.example
${RECEIVED}
From: Sender <info@sender.example>`);
		expect(authentication).toEqual({
			verdict: 'pass',
			server: 'mx.corp.example',
			domain: 'sender.example',
			spf: { result: 'pass', domain: 'news.sender.example', alignment: 'relaxed' },
			dkim: [{ result: 'pass', domain: 'sender.example', selector: 's1', alignment: 'strict' }],
			dmarc: { result: 'pass', domain: 'sender.example', policy: 'reject' },
			notBelieved: 0,
		});
	});

	it('is not what the sender says himself: fields below the way in count for nothing', async () => {
		const { authentication } = await look(`
${RECEIVED}
Authentication-Results: mx.corp.example; spf=pass smtp.mailfrom=bank.example; dmarc=pass header.from=bank.example
From: Bank <info@bank.example>`);
		expect(authentication).toEqual({ verdict: 'unknown', domain: 'bank.example', dkim: [], notBelieved: 1 });
	});

	it('is not moved by a forged field beside a real one', async () => {
		const { authentication } = await look(`
Authentication-Results: mx.corp.example; spf=fail smtp.mailfrom=bank.example; dmarc=fail action=none header.from=bank.example
${RECEIVED}
Authentication-Results: mx.corp.example; dmarc=pass header.from=bank.example
Received: from inner.bank.example by mail.sender.example; Fri, 20 Nov 2026 08:00:00 +0000
Authentication-Results: mx.corp.example; dmarc=pass header.from=bank.example
From: Bank <info@bank.example>`);
		expect(authentication).toMatchObject({ verdict: 'fail', notBelieved: 2, dmarc: { action: 'none' } });
	});

	it('is found with Exchange Online, its composite verdict and its filter', async () => {
		const { authentication, keys, origin } = await look(`
Received: from BN9PR03MB1.namprd03.prod.outlook.com (2603:10b6:408:fb::22) by
 CH2PR14MB2.namprd14.prod.outlook.com with HTTPS; Fri, 20 Nov 2026 08:01:05 +0000
Authentication-Results: spf=softfail (sender IP is 203.0.113.9)
 smtp.mailfrom=bank.example; dkim=none (message not signed)
 header.d=none;dmarc=none action=none header.from=bank.example;compauth=fail reason=001
Received: from mail.sender.example (203.0.113.9) by
 BN8NAM12FT030.mail.protection.outlook.com (10.13.183.5) with Microsoft SMTP
 Server id 15.20 via Frontend Transport; Fri, 20 Nov 2026 08:01:02 +0000
From: Bank <info@bank.example>
X-MS-Exchange-Organization-Network-Message-Id: 3BD2B1F8-0000-4000-8000-08DE27A0C001
X-MS-Exchange-CrossTenant-Id: 72f988bf-0000-4000-8000-2d7cd011db47
X-Forefront-Antispam-Report: CIP:203.0.113.9;CTRY:US;SCL:9;CAT:PHSH;`);
		expect(authentication).toMatchObject({
			verdict: 'fail',
			server: 'bn8nam12ft030.mail.protection.outlook.com',
			spf: { result: 'softfail', domain: 'bank.example', address: '203.0.113.9', alignment: 'strict' },
			composite: { result: 'fail', reason: '001' },
		});
		// Below the way in: whether Microsoft's filter wrote it is not known.
		expect(authentication.composite).not.toHaveProperty('category');
		expect(keys).toEqual({
			networkMessageId: '3bd2b1f8-0000-4000-8000-08de27a0c001',
			tenantId: '72f988bf-0000-4000-8000-2d7cd011db47',
		});
		expect(origin).toMatchObject({ address: '203.0.113.9', from: 'mail.sender.example' });
	});

	it('is found with Gmail, which writes below its own Received field', async () => {
		const gmail = (id: string) => `
Delivered-To: jane@gmail.com
Received: by 2002:a05:6a10:1 with SMTP id x1; Fri, 20 Nov 2026 00:01:03 -0800 (PST)
Received: from mail.sender.example (mail.sender.example. [203.0.113.9])
 by mx.google.com with ESMTPS id y2 for <jane@gmail.com>; Fri, 20 Nov 2026 00:01:02 -0800 (PST)
Authentication-Results: ${id}; dkim=pass header.i=@sender.example header.s=s1; spf=pass smtp.mailfrom=a@sender.example
Authentication-Results: ${id}; dmarc=pass header.from=bank.example
From: Sender <info@sender.example>`;
		const { authentication } = await look(gmail('mx.google.com'));
		// The second one of its name is what the sender put there.
		expect(authentication).toMatchObject({ verdict: 'pass', server: 'mx.google.com', notBelieved: 1 });
		expect((await look(gmail('mx.other.example'))).authentication.verdict).toBe('unknown');
	});

	it('is what the named servers say, where some are named', async () => {
		const header = `
Authentication-Results: relay.corp.example; dmarc=fail header.from=sender.example
Authentication-Results: mx.corp.example; dmarc=pass header.from=sender.example
${RECEIVED}
From: Sender <info@sender.example>`;
		expect((await look(header, { trustedServers: ['mx.corp.example'] })).authentication).toMatchObject({
			verdict: 'pass',
			notBelieved: 1,
		});
	});

	it('is what the first of one’s own servers saw, when others relayed it', async () => {
		const { authentication } = await look(
			`
Authentication-Results: mail.corp.example; spf=fail smtp.mailfrom=sender.example
Received: from gw.corp.example (gw.corp.example [192.0.2.10]) by mail.corp.example; Fri, 20 Nov 2026 08:01:09 +0000
Authentication-Results: gw.corp.example; spf=pass smtp.mailfrom=sender.example
Received: from mail.sender.example (mail.sender.example [203.0.113.9]) by gw.corp.example; Fri, 20 Nov 2026 08:01:00 +0000
From: Sender <info@sender.example>`,
			{ trustedRelays: ['192.0.2.0/24'] },
		);
		expect(authentication).toMatchObject({ verdict: 'pass', server: 'gw.corp.example', notBelieved: 0 });
	});

	it('follows from Received-SPF where nothing else tells', async () => {
		const { authentication } = await look(`
Received-SPF: Fail (mx.corp.example: no) client-ip=203.0.113.9; envelope-from="a@bank.example"; helo=x;
${RECEIVED}
From: Bank <info@bank.example>`);
		expect(authentication).toMatchObject({
			verdict: 'fail',
			spf: { result: 'fail', domain: 'bank.example', address: '203.0.113.9', alignment: 'strict' },
		});
	});

	it('tells who sealed a message on its way, and what the first one had found', async () => {
		const { authentication } = await look(`
Authentication-Results: mx.corp.example; arc=pass (i=2); dmarc=fail header.from=sender.example
${RECEIVED}
ARC-Seal: i=2; a=rsa-sha256; cv=pass; d=forwarder.example; s=arc; b=x
ARC-Authentication-Results: i=2; mx.forwarder.example; dmarc=fail header.from=sender.example
ARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.example; s=arc; b=x
ARC-Authentication-Results: i=1; mx.list.example; spf=pass smtp.mailfrom=sender.example; dmarc=pass header.from=sender.example
From: Sender <info@sender.example>`);
		expect(authentication.arc).toEqual({
			result: 'pass',
			seals: 2,
			sealers: ['list.example', 'forwarder.example'],
			original: { server: 'mx.list.example', spf: 'pass', dmarc: 'pass' },
		});
	});

	it('is not a matter of a pass for another domain', async () => {
		const { authentication } = await look(`
Authentication-Results: mx.corp.example; spf=pass smtp.mailfrom=bulk.example; dkim=pass header.d=bulk.example
${RECEIVED}
From: Bank <info@bank.example>`);
		expect(authentication).toMatchObject({
			verdict: 'none',
			spf: { alignment: 'none' },
			dkim: [{ alignment: 'none' }],
		});
	});
});
