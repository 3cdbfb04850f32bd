import { t } from '../../text/text';
import { useRoom } from '../context';

/** Says that the desk may be out of date. */
export function Banner() {
  const { desk } = useRoom();
  const lost = desk.state.value.stream === 'lost';
  return (
    <div class="banner-place" role="status">
      {lost && (
        <div class="banner" data-testid="banner">
          <span class="spinner" aria-hidden="true" />
          {t('connectionLost')}
        </div>
      )}
    </div>
  );
}
