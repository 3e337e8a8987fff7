import { reportFromEmail } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);

function listener() {
	const lines: string[] = [];
	return {
		lines,
		debug: (line: string) => void lines.push(`debug ${line}`),
		warn: (line: string) => void lines.push(`warn ${line}`),
	};
}

const secret = () =>
	email({
		messageId: '<secret-id@example.org>',
		subject: 'secret subject',
		text: 'secret text',
		to: [{ address: 'secret@example.com' }],
		attachments: [attachment('secret-file.pdf', 'application/pdf', '%PDF secret bytes')],
	});

describe('a logger', () => {
	it('is told of each operation by its name, and of no variable, file or token', async () => {
		const logger = listener();
		const { lab, client } = await world({}, { logger });
		await client.createReport(reportFromEmail(secret(), { labels: ['secret-label'] }));
		const told = logger.lines.map(
			(line) => /^debug POST \S+\/graphql \((\w+)\): 200, \d+ bytes, \d+ ms$/.exec(line)?.[1],
		);
		expect(told).toEqual(lab.requests.map(({ operation }) => operation));
		expect(told).toContain('EmailIntelImportPush');
		expect(logger.lines.join('\n')).not.toMatch(/secret/i);
		expect(logger.lines.join('\n')).not.toContain(lab.token);
	});

	it('is told what an answer meant that came with HTTP 200, and when the next try is', async () => {
		const logger = listener();
		const { lab, client } = await world({}, { logger });
		lab.fail({ kind: 'LOCK_ERROR', operation: 'EmailIntelReportAdd' });
		await client.createReport(reportFromEmail(secret()));
		expect(logger.lines).toContain('debug OpenCTI EmailIntelReportAdd: OPENCTI_LOCKED, try 2 of 4 in 2000 ms');
		lab.fail({ kind: 'VALIDATION_ERROR', operation: 'EmailIntelReportAdd' });
		await failure(client.createReport(reportFromEmail(secret())));
		expect(logger.lines.at(-1)).toBe('debug OpenCTI EmailIntelReportAdd: OPENCTI_VALIDATION, no further try');
		expect(logger.lines.join('\n')).not.toMatch(/secret/i);
	});
});
