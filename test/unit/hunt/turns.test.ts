import { convertItem, foundItems, type RowView } from '../../../lib/flow';
import { esaBundleSteps, esaRowsToBundle, type EsaRow } from '../../../lib/esa';
import { planFor, runPlan } from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import { microsoftBundleSteps, microsoftRowsToBundle } from '../../../lib/microsoftHunt';
import type { Steps } from '../../../lib/steps';
import { rowWith } from '../esa/rows';
import { turnsOf } from '../turnsOf';
import { MailLog, type LoggedMail } from './mailLog';

// What a hunt finds, and what becomes of it, is much work in one process with everything else: others have their turn in between.

function stepsOf<T>(work: Steps<T>): { steps: number; result: T } {
	for (let steps = 1; ; steps++) {
		const step = work.next();
		if (step.done === true) return { steps, result: step.value };
	}
}

const FROM = Date.UTC(2026, 0, 31, 23, 30);
const COUNT = 3_000;
const mails = Array.from({ length: COUNT }, (_, index): LoggedMail => ({
	id: String(index), time: FROM + index, from: `s${index % 10}@example.com`, to: [], cc: [], subject: `subject ${index}`, urls: [], ip: '192.0.2.1', score: 0, files: [],
})); // prettier-ignore
const rows = Array.from({ length: COUNT }, (_, i): EsaRow => rowWith({ mid: [i + 1], subject: `Invoice ${i}` }));

it('a hunt gives way while rows are compared with what is hunted, and finds what it found', async () => {
	const log = new MailLog();
	log.mails = mails;
	const window = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 60_000).toISOString()}'`;
	const plan = planFor(log, `[email-message:subject LIKE 'subject%'] ${window}`);
	let found = 0;
	const turns = await turnsOf(async () => {
		found = (await runPlan(log, plan)).matches.length;
	});
	expect(found).toBe(COUNT);
	expect(turns).toBeGreaterThan((2 * COUNT) / HUNT_LIMITS.rowsPerFilter - 2);
});

it('a hunt ends with the reason of its signal', async () => {
	const log = new MailLog();
	log.mails = mails;
	const controller = new AbortController();
	const plan = planFor(log, "[email-message:subject LIKE 'subject%']", { now: new Date(FROM + 60_000) });
	const hunt = turnsOf(() => runPlan(log, plan, { signal: controller.signal }));
	setImmediate(() => controller.abort(new Error('the execution was cancelled')));
	await expect(hunt).rejects.toThrow('the execution was cancelled');
});

it.each([
	['STIX 2.1', {}],
	['STIX 2.0', { stixVersion: '2.0' as const }],
])('rows of an appliance become the same bundle in steps: %s', (_version, options) => {
	const { steps, result } = stepsOf(esaBundleSteps(rows, options));
	expect(steps).toBeGreaterThan(COUNT);
	expect(JSON.stringify(result) === JSON.stringify(esaRowsToBundle(rows, options))).toBe(true);
});

it('so do rows of Microsoft 365', () => {
	const delivered = Array.from({ length: COUNT }, (_, i) => ({
		attributes: {
			NetworkMessageId: `0000-${i}`,
			RecipientEmailAddress: `${i}@example.org`,
			SenderFromAddress: 'a@example.org',
			Timestamp: '2026-10-10T10:00:00Z',
		},
	}));
	const { steps, result } = stepsOf(microsoftBundleSteps(delivered));
	expect(steps).toBeGreaterThan(COUNT);
	expect(JSON.stringify(result) === JSON.stringify(microsoftRowsToBundle(delivered))).toBe(true);
});

it.each(['summary', 'messages'] as const)('items of what was found are made in turns: %s', async (output) => {
	const view: RowView<EsaRow> = { fieldsOf: ({ attributes }) => attributes, bundleOf: (some) => esaBundleSteps(some) };
	const turns = await turnsOf(() => foundItems({}, output, 'search', { rows, warnings: [] }, view));
	expect(turns).toBeGreaterThan(COUNT);
});

it('parts of a conversion that are short, each for itself, are not done as one', async () => {
	const raw = Buffer.from(
		'From: a@example.org\r\nSubject: x\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\n\r\nhttp://evil.example/',
	);
	const files = {
		keys: ['email'],
		info: () => ({ fileName: 'message.eml', mimeType: 'message/rfc822' }),
		read: () => Promise.resolve(raw),
	};
	let turns = 0;
	let isDone = false;
	const count = () => {
		turns++;
		if (!isDone) setImmediate(count);
	};
	setImmediate(count);
	const { json } = await convertItem({ json: {}, files }, { picture: 'html', output: 'both' });
	isDone = true;
	expect(json.complete).toBe(true);
	// Behind whose mail it is, its indicators, its bundle, its first look; before the file and the picture of the bundle.
	expect(turns).toBeGreaterThanOrEqual(6);
});
