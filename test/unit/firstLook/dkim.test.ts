import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { checkDkim } from '../../../lib/firstLook';
import { FIRST_LOOK_LIMITS } from '../../../lib/limits';

/** RFC 8463 appendix A: a message signed with Ed25519, and the key record of its domain. */
const RFC_KEY = 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const RFC_NAME = 'brisbane._domainkey.football.example.com';
const RFC_MESSAGE = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`;
const bytes = (text: string) => Buffer.from(text.replace(/\n/g, '\r\n'), 'latin1');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 768 });
const record = (key: KeyObject) => `v=DKIM1; p=${key.export({ format: 'der', type: 'spki' }).toString('base64')}`;
const NAME = 's1._domainkey.bank.example';

/** A message signed by hand in the simple forms: what is signed is what stands there. */
function signed(
	body: string,
	{ extra = '', key = rsa.privateKey, tags = '' }: { extra?: string; key?: KeyObject; tags?: string } = {},
): Buffer {
	const from = 'From: Bank <info@bank.example>';
	const subject = 'Subject: Your account';
	const bodyHash = createHash('sha256').update(bytes(body)).digest('base64');
	const head = `DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=s1; h=from:subject;${tags} bh=${bodyHash}; b=`;
	const input = Buffer.from(`${from}\r\n${subject}\r\n${head}`, 'latin1');
	return bytes(`${head}${sign('sha256', input, key).toString('base64')}\n${from}\n${subject}\n${extra}\n${body}`);
}

describe('checking DKIM signatures with given keys', () => {
	it('finds that of the standard good, and says whose it is', async () => {
		const { signatures, warnings } = await checkDkim(bytes(RFC_MESSAGE), { keys: { [RFC_NAME]: RFC_KEY } });
		expect(signatures).toEqual([
			{
				result: 'pass',
				domain: 'football.example.com',
				selector: 'brisbane',
				algorithm: 'ed25519-sha256',
				alignment: 'strict',
			},
		]);
		expect(warnings).toEqual([]);
	});

	it('reads a message of LF line ends, and says so', async () => {
		const { signatures, warnings } = await checkDkim(Buffer.from(RFC_MESSAGE), { keys: { [RFC_NAME]: RFC_KEY } });
		expect(signatures[0]!.result).toBe('pass');
		expect(warnings.map(({ code }) => code)).toEqual(['dkim-line-ends']);
	});

	it('finds a changed body and a changed field, and tells which', async () => {
		const keys = { [RFC_NAME]: RFC_KEY };
		const of = async (text: string) => (await checkDkim(bytes(text), { keys })).signatures[0]!;
		expect(await of(RFC_MESSAGE.replace('hungry', 'thirsty'))).toMatchObject({
			result: 'fail',
			reason: 'The body is not the one that was signed',
		});
		expect(await of(RFC_MESSAGE.replace('dinner', 'lunch'))).toMatchObject({
			result: 'fail',
			reason: 'The header is not the one that was signed',
		});
	});

	it('does not accept a second From that nobody signed', async () => {
		const forged = RFC_MESSAGE.replace('From: Joe', 'From: Evil <evil@evil.example>\nFrom: Joe');
		const { signatures } = await checkDkim(bytes(forged), { keys: { [RFC_NAME]: RFC_KEY } });
		expect(signatures[0]!.result).toBe('fail');
	});

	it('reads RSA keys, in the simple form', async () => {
		const keys = { [NAME]: record(rsa.publicKey) };
		expect((await checkDkim(signed('Pay now\n'), { keys })).signatures[0]).toMatchObject({
			result: 'pass',
			domain: 'bank.example',
			alignment: 'strict',
		});
	});

	it('believes no signature of a short key, and none of a part of the body', async () => {
		const short = { [NAME]: record(shortRsa.publicKey) };
		expect(
			(await checkDkim(signed('Pay\n', { key: shortRsa.privateKey }), { keys: short })).signatures[0],
		).toMatchObject({ result: 'policy', reason: 'The key has 768 bits only' });
		const part = signed('Pay\n', { tags: ' l=5;' });
		const keys = { [NAME]: record(rsa.publicKey) };
		expect((await checkDkim(Buffer.concat([part, bytes('<a href=evil>\n')]), { keys })).signatures[0]).toMatchObject({
			result: 'policy',
			reason: expect.stringMatching(/^Only the first 5 of \d+ bytes/) as string,
		});
	});

	it('asks nobody for a key unless it is told to', async () => {
		expect((await checkDkim(bytes(RFC_MESSAGE))).signatures[0]).toMatchObject({
			result: 'neutral',
			reason: 'The key is not given',
		});
		const asked: string[] = [];
		const resolve = (name: string) => {
			asked.push(name);
			return Promise.resolve<string | undefined>(RFC_KEY);
		};
		expect((await checkDkim(bytes(RFC_MESSAGE), { resolve })).signatures[0]!.result).toBe('pass');
		expect(asked).toEqual([RFC_NAME]);
	});

	it('tells a domain without the key, a revoked one, and a DNS that does not answer', async () => {
		const of = async (resolve: () => Promise<string | undefined>) =>
			(await checkDkim(bytes(RFC_MESSAGE), { resolve })).signatures[0];
		expect(await of(() => Promise.resolve(undefined))).toMatchObject({
			result: 'permerror',
			reason: 'The domain has no such key',
		});
		expect(await of(() => Promise.resolve('v=DKIM1; p='))).toMatchObject({
			result: 'permerror',
			reason: 'The key was revoked',
		});
		expect(await of(() => Promise.reject(new Error('SERVFAIL')))).toMatchObject({ result: 'temperror' });
	});

	it('refuses names that are no names of the DNS, and asks nobody for them', async () => {
		const asked: string[] = [];
		const resolve = (name: string) => {
			asked.push(name);
			return Promise.resolve(undefined);
		};
		const raw = bytes(RFC_MESSAGE.replace('s=brisbane', 's=../../etc'));
		expect((await checkDkim(raw, { resolve })).signatures[0]).toMatchObject({ result: 'permerror' });
		expect(asked).toEqual([]);
	});

	it('reads what is no signature as one with a fault', async () => {
		const raw = bytes('DKIM-Signature: v=1; a=rsa-sha256\nFrom: a@example.org\n\nx\n');
		expect((await checkDkim(raw)).signatures).toEqual([
			{ result: 'permerror', reason: 'The signature lacks b=, bh=, d=, h=, s=' },
		]);
	});

	it('checks a bounded number of them, and tells that', async () => {
		const many = 'DKIM-Signature: v=1\n'.repeat(FIRST_LOOK_LIMITS.maxSignatures + 5);
		const { signatures, warnings } = await checkDkim(bytes(`${many}From: a@example.org\n\nx\n`));
		expect(signatures).toHaveLength(FIRST_LOOK_LIMITS.maxSignatures);
		expect(warnings.map(({ code }) => code)).toEqual(['dkim-too-many']);
	});

	it.each([
		['no bytes', ''],
		['no body', 'From: a@example.org'],
		['no header', '\n\nbody'],
		['a field of blanks', `DKIM-Signature:${' '.repeat(50_000)}\n\n`],
		['a body of line ends', `From: a@example.org\n\n${'\n'.repeat(50_000)}`],
	])('reads a message of %s', async (_what, text) => {
		expect((await checkDkim(bytes(text))).signatures.every(({ result }) => result === 'permerror')).toBe(true);
	});
});
