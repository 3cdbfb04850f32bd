import { t } from '../../text/text';
import { useRoom } from '../context';

const ratings = [1, 2, 3, 4, 5] as const;

/** How good the line was, in five bars. */
export function LineRating() {
  const { desk, drafting } = useRoom();
  const draft = drafting.draft.value;
  const open = draft !== null && desk.state.value.view?.wrapUp != null;
  const rating = draft?.lineRating ?? 0;
  const word = ratings.find((r) => r === rating);
  return (
    <fieldset class="row-field" disabled={!open}>
      <legend class="label">{t('rating')}</legend>
      <div class="rating" data-testid="line-rating">
        {ratings.map((r) => (
          <label key={r} data-on={r <= rating} title={t(`rating.${r}`)}>
            <input
              type="radio"
              name="rating"
              value={r}
              checked={rating === r}
              onChange={() => drafting.change({ lineRating: r })}
            />
            <span class={`bar bar-${r}`} aria-hidden="true" />
            <span class="hidden">{t(`rating.${r}`)}</span>
          </label>
        ))}
        <span class="rating-word" aria-hidden="true">
          {t(word ? `rating.${word}` : 'ratingNone')}
        </span>
      </div>
    </fieldset>
  );
}
