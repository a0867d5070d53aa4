/** Why a site cannot be built or shown, in a sentence with the remedy. */
export class SiteError extends Error {
  override name = 'SiteError';
}
