import { NEEDED_CAPABILITIES, type PlatformInfo } from './client';
import { capabilityName, GRANT_HINT, OpenCtiError } from './platform';

/**
 * What the test of an account shows after a login.
 *
 * @throws OpenCtiError `OPENCTI_FORBIDDEN` when the user may not do what all work with messages needs: hosts show little of a test that
 * succeeds
 */
export function platformSummary({ version, user, missingCapabilities, organizations }: PlatformInfo): string {
	const of = organizations.length === 0 ? '' : ` of ${organizations.join(', ')}`;
	const login = `OpenCTI ${version}, signed in as ${user.name}${of}`;
	const missing = missingCapabilities.filter((capability) => capability === NEEDED_CAPABILITIES[0]);
	if (missing.length === 0) return login;
	throw new OpenCtiError(
		'OPENCTI_FORBIDDEN',
		`${login}. This user lacks the capability ${missing.map(capabilityName).join(' and ')}: no report, case or object can be made`,
		{ hint: GRANT_HINT, missingCapabilities: missing },
	);
}
