import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const HOOK = join(__dirname, '..', 'stix', 'typescript-hook.cjs');

// Hosts are remembered beyond a message, its text must not be: a piece of a string keeps the whole string.
it('after a message is read, nothing of its text stays in memory', () => {
	const program = `
		const { readDomainName } = require('./lib/values/index.ts');
		gc();
		const before = process.memoryUsage().heapUsed;
		for (let i = 0; i < 200; i++) {
			const text = ('host-number-' + i + '.evil-domain.com ' + 'x'.repeat(100_000) + i).split('').join('');
			readDomainName(text.slice(0, text.indexOf(' ')));
		}
		gc();
		console.log(process.memoryUsage().heapUsed - before);
	`;
	const printed = execFileSync(
		process.execPath,
		['--expose-gc', '--require', HOOK, '--input-type=commonjs', '-e', program],
		{
			encoding: 'utf8',
		},
	);
	expect(Number(printed)).toBeLessThan(5e6);
});
