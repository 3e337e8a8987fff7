import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describeIf } from '../describeIf';

/** Programs that some suites need and that npm does not bring. */
const PROGRAMS = {
	chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
	'redis-server': { names: ['redis-server'], package: 'redis-server' },
	postgres: { names: ['postgres'], package: 'postgresql' },
} as const;

export type Program = keyof typeof PROGRAMS;

/** Debian keeps the server's programs off the PATH, one folder a version. */
const POSTGRES_HOME = '/usr/lib/postgresql';

/** Where a program is, or undefined. */
export function binaryOf(program: Program): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	if (program === 'postgres' && existsSync(POSTGRES_HOME)) {
		folders.unshift(
			...readdirSync(POSTGRES_HOME)
				.sort((a, b) => Number(b) - Number(a))
				.map((version) => join(POSTGRES_HOME, version, 'bin')),
		);
	}
	return PROGRAMS[program].names
		.flatMap((name) => folders.map((folder) => join(folder, name)))
		.find((path) => existsSync(path));
}

/** `describe` for suites that need programs. Without them the suite is skipped, visibly; in CI that is a failure. */
export function describeWith(programs: Program[], name: string, tests: () => void): void {
	const missing = programs.filter((program) => binaryOf(program) === undefined);
	const packages = missing.map((program) => PROGRAMS[program].package).join(' ');
	const reason = `${missing.join(' and ')} not found (Debian and Ubuntu: apt-get install ${packages})`;
	describeIf(missing.length === 0 ? undefined : { reason, failsInCi: 'in CI it must be there' }, name, tests);
}
