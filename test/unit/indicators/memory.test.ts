import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const HOOK = join(__dirname, '..', 'stix', 'typescript-hook.cjs');

/** Bytes that are kept after a program, which is run in a process of its own, has done its `work`. */
function kept(work: string): number {
	const program = `gc(); const before = process.memoryUsage().heapUsed; ${work}; gc(); console.log(process.memoryUsage().heapUsed - before);`;
	const printed = execFileSync(
		process.execPath,
		['--expose-gc', '--require', HOOK, '--input-type=commonjs', '-e', program],
		{ encoding: 'utf8' },
	);
	return Number(printed);
}

// Hosts are remembered beyond a message, its text must not be: a piece of a string keeps the whole string.
it('after a message is read, nothing of its text stays in memory', () => {
	const bytes = kept(`
		const { readDomainName } = require('./lib/values/index.ts');
		for (let i = 0; i < 200; i++) {
			const text = ('host-number-' + i + '.evil-domain.com ' + 'x'.repeat(100_000) + i).split('').join('');
			readDomainName(text.slice(0, text.indexOf(' ')));
		}
	`);
	expect(bytes).toBeLessThan(5e6);
});

it('after a message of many styles is read, what its elements looked like does not stay in memory', () => {
	const bytes = kept(`
		const { extractIndicators } = require('./lib/indicators/index.ts');
		let colour = 0x101010;
		const styled = (name) => '<' + name + ' style="color:#' + (colour++).toString(16) + '">';
		for (let i = 0; i < 3; i++) {
			let html = '<style>.q{display:none}</style>';
			for (let box = 0; box < 200; box++) html += styled('div') + Array.from({ length: 100 }, () => styled('b') + 'x</b>').join('') + '</div>';
			extractIndicators({ html });
		}
	`);
	expect(bytes).toBeLessThan(20e6);
});
