import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleToHtml, bundleToSvg, emailToBundle, type BundleOptions } from '../../../lib/stix';
import { attachment, indicator, message, multipart } from './emails';

const inner = message({ subject: 'Inner' });
const email = multipart(
	{ raw: Buffer.from('From: a@example.com\r\n\r\nhello\r\n') },
	attachment('eml', { email: inner }),
);
const options: BundleOptions = {
	indicators: [
		indicator('url', 'http://evil.example/x', { defanged: true }),
		indicator('domain-name', 'evil.example', { derivedFrom: 'http://evil.example/x' }),
	],
	patterns: { policy: 'unflagged' },
	include: { artifacts: true, rawEmail: true },
};

/** The same conversion in a process of its own, at another time, in another time zone and locale. */
function elsewhere(timeZone: string): string[] {
	const program = `
		require(${JSON.stringify(join(__dirname, 'typescript-hook.cjs'))});
		const { bundleToHtml, bundleToSvg, emailToBundle } = require(${JSON.stringify(join(__dirname, '../../../lib/stix/index.ts'))});
		const revive = (_key, value) => value && value.type === 'Buffer' ? Buffer.from(value.data) : value;
		const { email, options } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'), revive);
		email.date = new Date(email.date);
		email.receivedAt = new Date(email.receivedAt);
		const bundle = emailToBundle(email, options);
		process.stdout.write(JSON.stringify([JSON.stringify(bundle), bundleToSvg(bundle), bundleToHtml(bundle)]));
	`;
	const answer = execFileSync(process.execPath, ['-e', program], {
		input: JSON.stringify({ email, options }),
		env: { ...process.env, TZ: timeZone, LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
		maxBuffer: 64 * 1024 * 1024,
	});
	return JSON.parse(answer.toString('utf8')) as string[];
}

it('two processes write the same bytes for the same message', () => {
	const bundle = emailToBundle(email, options);
	const here = [JSON.stringify(bundle), bundleToSvg(bundle), bundleToHtml(bundle)];
	expect(elsewhere('Pacific/Kiritimati')).toEqual(here);
	expect(elsewhere('America/St_Johns')).toEqual(here);
});

it('nothing in a bundle depends on the clock or on chance', () => {
	const clock = jest.spyOn(Date, 'now').mockReturnValue(4_102_444_800_000);
	const chance = jest.spyOn(Math, 'random');
	try {
		const before = JSON.stringify(emailToBundle(email, options));
		clock.mockReturnValue(0);
		expect(JSON.stringify(emailToBundle(email, options))).toBe(before);
		expect(chance).not.toHaveBeenCalled();
	} finally {
		clock.mockRestore();
		chance.mockRestore();
	}
});

it('other options give another bundle id', () => {
	expect(emailToBundle(email, { ...options, patterns: { policy: 'never' } }).id).not.toBe(
		emailToBundle(email, options).id,
	);
});
