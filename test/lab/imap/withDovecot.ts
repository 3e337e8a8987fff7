import { dovecotBinary } from './dovecot';

/**
 * `describe` for tests that need a real Dovecot. Without one they are skipped, visibly; in CI that is a failure.
 */
export function describeWithDovecot(name: string, tests: () => void): void {
	if (dovecotBinary() !== undefined) {
		describe(name, tests);
		return;
	}
	const reason = 'Dovecot 2.3 is not installed (Debian and Ubuntu: apt-get install dovecot-imapd)';
	if (process.env['CI'] === 'true') {
		it(`${name}: in CI Dovecot must be there`, () => {
			throw new Error(reason);
		});
		return;
	}
	process.stderr.write(`NOT RUN: "${name}": ${reason}\n`);
	describe.skip(`${name} [not run: ${reason}]`, tests);
}
