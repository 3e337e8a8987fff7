import { parseEmail } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { analysedMessage, reporterAddresses, withoutReporterIndicators } from '../../../lib/reported';
import { bytes, MAILBOX, REPORTER } from './corpus/mail';
import { ODDITIES } from './corpus/oddities';

const source = { kind: 'imap' as const, mailbox: MAILBOX };

describe('what people, buttons and gateways make of reports', () => {
	it.each(ODDITIES.map((odd) => [odd.name, odd] as const))('%s', async (_name, odd) => {
		const analysed = analysedMessage(await parseEmail(bytes(odd.raw), { source }));
		const { email, reported, warnings, complete, wrapper } = analysed;
		const isReport = odd.subject !== undefined || odd.warnings?.includes('reported-several') === true;
		expect({
			isReport: reported !== undefined,
			subject: odd.subject === undefined ? undefined : email.subject,
			from: odd.from === undefined ? undefined : email.from[0]?.address,
			warnings: warnings.map(({ code }) => code),
			complete,
		}).toEqual({
			isReport,
			subject: odd.subject,
			from: odd.from,
			warnings: odd.warnings ?? [],
			complete: odd.complete ?? true,
		});
		const found = extractIndicators(email);
		const values = (wrapper === undefined ? found : withoutReporterIndicators(found, reporterAddresses(wrapper))).map(
			({ value }) => value,
		);
		expect(values).toEqual(expect.arrayContaining(odd.finds ?? []));
		if (isReport) expect(values.filter((value) => value === REPORTER || value === MAILBOX)).toEqual([]);
	});
});
