import { parseEmail } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { REPLY_LIMITS } from '../../../lib/limits';
import {
	analysedMessage,
	draftReply,
	REPLY_TEMPLATES,
	replyMessage,
	type Reply,
	type Reported,
	type Verdict,
} from '../../../lib/reported';
import { attached, bytes, mixed, phish, wrapper } from './corpus/mail';

const REPORTED: Reported = {
	by: { address: 'Erika@corp.example', name: 'Erika Example' },
	at: '2026-11-20T08:00:00.000Z',
	way: 'attachment',
	certainty: 'likely',
	message: 'attached',
	mail: { messageId: '<r1@corp.example>', subject: 'Fwd: invoice', references: ['<r0@corp.example>'], addresses: [] },
};
const MESSAGE = { messageId: '<bad@evil.example>', subject: 'Pay at http://evil.example/x now' };
const VERDICTS: Verdict[] = ['phishing', 'junk', 'harmless', 'undecided'];
const reply = (reported: Reported = REPORTED, options: object = {}) =>
	draftReply(reported, { verdict: 'phishing', message: MESSAGE, ...options }) as Reply;

describe('the answer to a reporter', () => {
	it('thanks, says what the message is and what was found, and nothing in it can be opened', () => {
		const indicators = extractIndicators({ text: 'http://evil.example/x and a@evil.example' });
		const { to, subject, text, language } = reply(REPORTED, { indicators });
		expect([to, subject, language]).toEqual(['erika@corp.example', 'Re: Fwd: invoice', 'en']);
		expect(text).toContain('Hello Erika Example,');
		expect(text).toContain('It is phishing.');
		expect(text).toContain('hxxp');
		expect(text).not.toMatch(/https?:\/\/|evil\.example/);
	});

	it.each([
		'readme.mdhttps://evil.example/x',
		'xhttp://evil.example',
		'ÄHTTPS://evil.example',
		'ftp://evil.example/x',
		'1ftps://evil',
	])('has no link where the subject of the message is %j', (subject) => {
		const { text } = reply(REPORTED, { message: { subject } });
		expect(text).not.toMatch(/(?:https?|ftps?):\/\/|evil\.example/i);
	});

	it('has no link where one stands in another one that was found', () => {
		const indicators = extractIndicators({
			text: 'https://redirect.example/url?q=https://evil.example/x#https://b.example',
		});
		const { text } = reply(REPORTED, { indicators });
		expect(text).toContain('hxxps://redirect[.]example/url?q=hxxps://evil[.]example/x');
		expect(text).not.toMatch(/https?:\/\/|evil\.example/);
	});

	it('is shown below the report', () => {
		expect(reply()).toMatchObject({
			inReplyTo: '<r1@corp.example>',
			references: ['<r0@corp.example>', '<r1@corp.example>'],
		});
	});

	it.each(Object.keys(REPLY_TEMPLATES).flatMap((language) => VERDICTS.map((verdict) => [language, verdict] as const)))(
		'in %s, of what is %s: everything is filled in',
		(language, verdict) => {
			const found = reply(
				{ ...REPORTED, language },
				{ verdict, indicators: extractIndicators({ text: 'a@evil.example' }) },
			);
			expect(found.language).toBe(language);
			expect(found.text).toContain(REPLY_TEMPLATES[language]!.verdict[verdict]);
			expect(found.text).not.toMatch(/[{}]/);
		},
	);

	it('is in the language that is chosen, else the reporter’s, else the default', () => {
		expect(reply({ ...REPORTED, language: 'de' }, { language: 'fr' }).language).toBe('fr');
		expect(reply({ ...REPORTED, language: 'xx' }, { otherwise: 'de' }).language).toBe('de');
		expect(reply({ ...REPORTED, language: '__proto__' }).language).toBe('en');
	});

	it('is the user’s own text where there is one', () => {
		expect(reply(REPORTED, { template: 'Dear {name}: {verdict} ({subject}) {other}' }).text).toMatch(
			/^Dear Erika Example: It is phishing.*\(Pay at .* now\) \{other\}$/s,
		);
	});

	it('does not let a subject write into it', () => {
		const subject = 'x\r\nBcc: all@corp.example\u202e{verdict}{found}';
		const { text, subject: title } = reply({ ...REPORTED, mail: { subject, addresses: [] } }, { message: { subject } });
		expect(title).not.toMatch(/[\r\n\u202e]/);
		expect(text).toContain('"x Bcc: all@corp[.]example {verdict}{found}"');
	});

	it('lists so many values, and counts the others', () => {
		const text = Array.from({ length: 30 }, (_, i) => `a${i}@evil.example`).join(' ');
		const lines = reply(REPORTED, { indicators: extractIndicators({ text }) }).text.split('\n- ');
		expect(lines).toHaveLength(REPLY_LIMITS.maxFound + 2);
	});
});

describe('who gets none', () => {
	it.each([
		['nobody who reported it', undefined, 'no-reporter'],
		['no address', { ...REPORTED, by: { address: 'nobody' } }, 'no-reporter'],
		['a machine', { ...REPORTED, mail: { ...REPORTED.mail, automatic: true as const } }, 'automatic'],
	])('%s', (_who, reported, reason) => {
		expect(draftReply(reported, { verdict: 'phishing', message: MESSAGE })).toBe(reason);
	});

	it('who has a decided one; an undecided one is not the last word', () => {
		const known = new Set<string>();
		const next = (verdict: Verdict) => {
			const made = reply(REPORTED, { verdict, isKnown: (key: string) => known.has(key) });
			if (typeof made !== 'string') known.add(made.key);
			return typeof made === 'string' ? made : made.verdict;
		};
		expect(
			['undecided', 'undecided', 'phishing', 'phishing', 'undecided'].map((verdict) => next(verdict as Verdict)),
		).toEqual(['undecided', 'answered', 'phishing', 'answered', 'answered']);
	});

	it('who has one on this message: the key is that of reporter and phish', () => {
		const { key } = reply();
		const isKnown = (known: string) => known === key;
		expect(reply(REPORTED, { isKnown })).toBe('answered');
		expect(reply({ ...REPORTED, by: { address: 'jane@corp.example' } }, { isKnown })).toMatchObject({
			to: 'jane@corp.example',
		});
		expect(reply(REPORTED, { isKnown, message: { messageId: '<other@evil.example>' } })).toHaveProperty('text');
	});
});

describe('mail that a machine sent gets no answer (RFC 3834), even if it is a report', () => {
	const answer = async (header: string, from = 'Erika <erika@corp.example>') => {
		const inner = phish({ id: 'bad', subject: 'Invoice' });
		const raw = wrapper({ id: 'r1', subject: '3|Invoice', from, header, body: mixed('', [attached(inner)]) });
		const source = { kind: 'imap' as const, mailbox: 'phishing@corp.example' };
		const { reported, email } = analysedMessage(await parseEmail(bytes(raw), { source }));
		expect(email.subject).toBe('Invoice');
		return draftReply(reported, { verdict: 'phishing', message: email });
	};

	it.each([
		['Auto-Submitted: auto-replied\n'],
		['Auto-Submitted: auto-generated (by the gateway)\n'],
		['auto-submitted: Auto-Notified; owner="x"\n'],
		['Precedence: bulk\n'],
		['Precedence: junk\n'],
		['Precedence: auto_reply\n'],
		['X-Autoreply: yes\n'],
		['Return-Path: <>\n'],
	])('with %j', async (header) => {
		expect(await answer(header)).toBe('automatic');
	});

	it.each(['MAILER-DAEMON', 'postmaster', 'no-reply', 'noreply', 'bounces+42', 'soc-request', 'owner-soc'])(
		'from %s',
		async (local) => {
			expect(await answer('', `${local}@corp.example`)).toBe('automatic');
		},
	);

	it.each([
		[''],
		['Auto-Submitted: no\n'],
		['Auto-Submitted: No (typed by hand)\n'],
		['Return-Path: <erika@corp.example>\n'],
	])('but a person does, with %j', async (header) => {
		expect(await answer(header)).toMatchObject({ to: 'erika@corp.example' });
	});
});

describe('the answer as a file', () => {
	it('is a message that nobody answers automatically, whatever its subject', async () => {
		const draft = reply({ ...REPORTED, mail: { ...REPORTED.mail, subject: `Rückfrage ${'ä'.repeat(150)}` } });
		const email = await parseEmail(replyMessage(draft, 'SOC <soc@corp.example>'));
		expect(email).toMatchObject({
			subject: draft.subject,
			from: [{ address: 'soc@corp.example', name: 'SOC' }],
			to: [{ address: 'erika@corp.example' }],
			inReplyTo: '<r1@corp.example>',
			references: ['<r0@corp.example>', '<r1@corp.example>'],
		});
		expect(email.text).toBe(draft.text);
		expect(email.headers).toContainEqual({ name: 'Auto-Submitted', value: 'auto-replied' });
	});

	it('has no header but its own, whatever a Message-ID says', async () => {
		const hostile = reply({ ...REPORTED, mail: { messageId: '<a>\r\nBcc: all@corp.example', addresses: [] } });
		const email = await parseEmail(replyMessage(hostile));
		expect(email.bcc).toEqual([]);
	});
});
