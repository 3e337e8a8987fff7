import fc from 'fast-check';
import { messageFilter, MailboxError, type MessageFilterRules, type MessageSummary } from '../../../lib/mailbox';

const message = (changes: Partial<MessageSummary> = {}): MessageSummary => ({
	from: [{ address: 'Jane.Doe@Example.com', name: 'Jürgen "CEO" Doe' }],
	to: [],
	subject: 'Überfällige RECHNUNG 4711',
	size: 0,
	...changes,
});
const wants = (rules: MessageFilterRules, summary = message()) => messageFilter(rules)!(summary);

function refusal(rules: MessageFilterRules): MailboxError {
	try {
		messageFilter(rules);
	} catch (error) {
		return error as MailboxError;
	}
	throw new Error('it was accepted');
}

describe('a message filter', () => {
	it('is none at all when nothing is asked for, so that no envelopes are fetched', () => {
		expect(messageFilter({})).toBeUndefined();
		expect(
			messageFilter({ senderContains: '', senderRegex: '', subjectContains: '  ', subjectRegex: '' }),
		).toBeUndefined();
	});

	it.each<[MessageFilterRules, boolean]>([
		[{ senderContains: '@example.com' }, true],
		[{ senderContains: 'jürgen' }, true],
		[{ senderContains: 'example.org' }, false],
		[{ senderRegex: '^[^@]+@example\\.com$' }, true],
		[{ senderRegex: 'CEO.*<jane' }, true],
		[{ senderRegex: '^ceo' }, false],
		[{ senderRegex: '(?-i)JANE' }, false],
		[{ subjectContains: 'rechnung' }, true],
		[{ subjectContains: 'ÜBERFÄLLIG' }, true],
		[{ subjectRegex: '\\b\\d{4}$' }, true],
		[{ subjectRegex: '^rechnung' }, false],
		[{ senderContains: 'jane', subjectRegex: 'angebot' }, false],
		[{ senderContains: 'jane', subjectRegex: 'rechnung' }, true],
	])('%j: %s', (rules, expected) => {
		expect(wants(rules)).toBe(expected);
	});

	it('does not care how an accented letter is composed', () => {
		expect(wants({ subjectContains: 'u\u0308berfa\u0308llig' })).toBe(true);
		expect(wants({ subjectRegex: 'Überfällig' }, message({ subject: 'U\u0308berfa\u0308llig' }))).toBe(true);
	});

	it('looks at every From address', () => {
		const two = message({ from: [{ address: 'a@example.org' }, { address: 'b@example.net' }] });
		expect(wants({ senderContains: 'b@' }, two)).toBe(true);
		expect(wants({ senderRegex: '^b@' }, two)).toBe(true);
		expect(wants({ senderContains: 'c@' }, two)).toBe(false);
	});

	it('does not want a message without sender when one is asked for', () => {
		expect(wants({ senderContains: 'a' }, message({ from: [] }))).toBe(false);
	});

	it('lets a text through that is too long to be tested, instead of losing the message', () => {
		expect(wants({ subjectRegex: '^x$' }, message({ subject: 'y'.repeat(10_001) }))).toBe(true);
		expect(wants({ subjectRegex: '^x$' }, message({ subject: 'y'.repeat(10_000) }))).toBe(false);
	});

	it('answers at once where a backtracking engine would take years', () => {
		const started = Date.now();
		expect(wants({ subjectRegex: '^(a+)+$' }, message({ subject: `${'a'.repeat(9_000)}!` }))).toBe(false);
		expect(Date.now() - started).toBeLessThan(3000);
	});
});

describe('an expression that cannot be used', () => {
	it.each([
		['a(b', 'missing closing ) at position 2'],
		['(a)(b', 'missing closing ) at position 4'],
		['a)b', 'unexpected ) at position 2'],
		['ab[z-a]', 'invalid character class range at position 4'],
		['a{2,1}', 'invalid repeat count at position 2'],
		['(?:(?=x))', 'invalid or unsupported Perl syntax at position 4'],
		['Ä(?!x)', 'invalid or unsupported Perl syntax at position 2'],
		['(a)\\1', 'invalid escape sequence at position 4'],
		['a**', 'invalid nested repetition operator at position 2'],
		['x\\', 'trailing backslash at end of expression at position 2'],
		['(?:a|*b)', 'missing argument to repetition operator at position 6'],
	])('%s: %s', (subjectRegex, words) => {
		const error = refusal({ subjectRegex });
		expect(error).toBeInstanceOf(MailboxError);
		expect(error).toMatchObject({ code: 'MAILBOX_CONFIGURATION', transient: false });
		expect(error.message).toBe(`'Subject Matches Regex' cannot be used: ${words}`);
		expect(error.hint).toMatch(/RE2/);
	});

	it('is named by its setting', () => {
		expect(refusal({ senderRegex: '(' }).message).toMatch(/^'Sender Matches Regex'/);
	});

	it('is refused when it is too long, or its repetition counts make it too large', () => {
		expect(refusal({ senderRegex: 'a'.repeat(1_001) }).message).toMatch(/more than 1000 characters/);
		expect(refusal({ senderRegex: 'a{1000}'.repeat(20) }).message).toMatch(/too large/);
	});

	it('is never anything but a MailboxError, whatever is written', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom(...'ab()[]{}*+?\\|^$.,1:<=!P-'), maxLength: 20 }),
				(subjectRegex) => {
					let test;
					try {
						test = messageFilter({ subjectRegex });
					} catch (error) {
						expect(error).toBeInstanceOf(MailboxError);
						const position = Number(/position (\d+)$/.exec((error as Error).message)?.[1]);
						expect(position).toBeGreaterThanOrEqual(1);
						expect(position).toBeLessThanOrEqual(subjectRegex.length + 1);
						return;
					}
					expect(typeof (test?.(message()) ?? true)).toBe('boolean');
				},
			),
			{ numRuns: 500 },
		);
	});
});
