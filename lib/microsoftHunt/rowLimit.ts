import { HUNT_DEFAULTS } from '../defaults';
import { SETTING_LIMITS } from '../limits';
import { settingsOr, wholeNumber } from '../settings';
import { MicrosoftHuntError } from './errors';

/** How many rows a search reads at most. @throws MicrosoftHuntError `M365_CONFIGURATION` */
export function rowLimit(maxRows: number | undefined): number {
	return settingsOr(
		() =>
			wholeNumber('maxRows', maxRows, { least: 1, most: SETTING_LIMITS.maxCount, otherwise: HUNT_DEFAULTS.maxRows }),
		(message, details) => new MicrosoftHuntError('M365_CONFIGURATION', message, details),
	);
}
