import { parseEmail } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { analysedMessage } from '../../../lib/reported';
import { bytes, MAILBOX } from './corpus/mail';
import { OTHERS } from './corpus/others';

const source = { kind: 'imap' as const, mailbox: MAILBOX };
const read = (raw: string) => parseEmail(bytes(raw), { source });

it('the corpus is as large as it is promised to be', () => {
	expect(OTHERS.length).toBeGreaterThanOrEqual(40);
});

describe('mail that is no report', () => {
	it.each(OTHERS.map((other) => [other.name, other] as const))('%s', async (_name, { raw, warnings = [] }) => {
		const email = await read(raw);
		const analysed = analysedMessage(email);
		expect(analysed.reported).toBeUndefined();
		expect(analysed.email).toBe(email);
		expect(analysed.warnings.map(({ code }) => code)).toEqual(warnings);
		expect(analysed.complete).toBe(true);
	});
});

describe('who wants to hide a phish in a report', () => {
	const hostile = OTHERS.filter(({ warnings }) => warnings?.includes('report-doubtful') === true);

	it.each(hostile.map((other) => [other.name, other] as const))(
		'is looked at with all that he attached: %s',
		async (_name, { raw }) => {
			const { email } = analysedMessage(await read(raw));
			const inner = email.attachments.find((attachment) => attachment.email !== undefined)?.email;
			const found = extractIndicators(email).map(({ value }) => value);
			for (const { address } of [...email.from, ...(inner?.from ?? [])]) expect(found).toContain(address);
		},
	);
});
