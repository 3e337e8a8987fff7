/** Who else received it, in Microsoft 365: hunts in Defender XDR and in Exchange message trace. */
export { microsoftHuntAccess, type MicrosoftHuntAccess, type MicrosoftHuntTrial } from './access';
export {
	MICROSOFT_365_IDENTITY,
	microsoftBundleSteps,
	microsoftRowsToBundle,
	type MicrosoftBundleOptions,
} from './bundle';
export type { MicrosoftHuntOptions } from './connection';
export { deliveryOf, type DeliveredClick, type Delivery, type MicrosoftHuntRow } from './delivery';
export { MicrosoftHuntError, type MicrosoftHuntErrorCode } from './errors';
export type { MicrosoftHuntedRow, MicrosoftHuntResult, MicrosoftSearchResult } from './hunting';
export { withOverviewOf, type MicrosoftHuntAddress } from './overview';
export * from './trace';
export * from './defender';
