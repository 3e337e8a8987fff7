import { parseEmail } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { analysedMessage, reporterAddresses, withoutReporter, withoutReporterIndicators } from '../../../lib/reported';
import { emailToBundle } from '../../../lib/stix';
import { FORWARDS } from './corpus/forwards';
import { bytes, MAILBOX, REPORTER } from './corpus/mail';
import { REPORTS } from './corpus/reports';

const source = { kind: 'imap' as const, mailbox: MAILBOX };
const analysed = async (raw: string) => analysedMessage(await parseEmail(bytes(raw), { source }));
const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);

/** Where an address stands among what is looked for, and what is written. */
function tracesOf({ email, wrapper }: Awaited<ReturnType<typeof analysed>>): string[] {
	const addresses = reporterAddresses(wrapper!);
	const indicators = withoutReporterIndicators(extractIndicators(email), addresses);
	const { objects } = emailToBundle(withoutReporter(email, addresses), {
		indicators,
		patterns: { policy: 'unflagged' },
	});
	const observed = objects.filter(({ type }) => type === 'email-addr' || type === 'indicator');
	const written = JSON.stringify([
		indicators.filter(({ type }) => type === 'email-addr').map(({ value }) => value),
		observed,
	]);
	return [...addresses].filter((address) => written.includes(address));
}

it('the corpus is as large as it is promised to be', () => {
	expect(REPORTS.length + FORWARDS.length).toBeGreaterThanOrEqual(60);
	expect(new Set(FORWARDS.map(({ language }) => language)).size).toBeGreaterThanOrEqual(10);
});

describe('a report with its message', () => {
	it.each(REPORTS.map((report) => [report.name, report] as const))('%s', async (_name, expected) => {
		const result = await analysed(expected.raw);
		const { email, reported, warnings } = result;
		expect({
			subject: email.subject,
			from: email.from[0]?.address,
			way: reported?.way,
			warnings: codes(warnings),
		}).toEqual({
			subject: expected.subject,
			from: expected.from,
			way: expected.way,
			warnings: expected.warnings ?? [],
		});
		expect(reported).toMatchObject({
			by: { address: expected.by ?? REPORTER },
			at: '2026-11-20T08:00:00.000Z',
			message: expected.message ?? 'attached',
			...(expected.certainty === undefined ? {} : { certainty: expected.certainty }),
			...(expected.comment === undefined ? {} : { comment: expected.comment }),
			...(expected.alsoFits === undefined ? {} : { alsoFits: expected.alsoFits }),
		});
		expect(reported?.category).toBe(expected.category);
		expect(reported?.through?.map(({ by }) => by?.address)).toEqual(expected.through);
		expect(result.complete).toBe(true);
	});

	it.each(
		REPORTS.filter(({ by, through }) => by === undefined && through === undefined).map(
			(report) => [report.name, report] as const,
		),
	)('looks for nobody who reported: %s', async (_name, { raw, from }) => {
		const result = await analysed(raw);
		const traces = tracesOf(result);
		// Who sends himself a phish in the reporter's name stands in its From.
		expect(traces.filter((address) => address !== from)).toEqual([]);
	});
});

describe('a forward within a text', () => {
	it.each(FORWARDS.map((forward) => [forward.name, forward] as const))('%s', async (_name, expected) => {
		const result = await analysed(expected.raw);
		const { email, reported, warnings } = result;
		expect({
			subject: email.subject,
			from: email.from[0]?.address,
			date: email.date?.toISOString(),
			language: reported?.language,
			comment: reported?.comment,
		}).toEqual({
			subject: expected.subject,
			from: expected.from,
			date: expected.date,
			language: expected.language,
			comment: expected.comment,
		});
		expect(reported).toMatchObject({ way: 'inline', certainty: 'weak', message: 'quoted', by: { address: REPORTER } });
		expect(codes(warnings)).toEqual(['report-quoted']);
		expect(extractIndicators(email).map(({ value }) => value)).toContain('http://login.evil.example/x');
		expect(tracesOf(result)).toEqual([]);
	});
});
