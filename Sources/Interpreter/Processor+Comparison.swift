public import MMU

/// What comparisons of two processors need and no state that is handed out has.
extension Processor {
  /// The first place where the translation caches of this processor and another one differ; nil if there is none.
  public func translationDifference(from other: Processor) -> TranslationDifference? {
    translations.difference(from: other.translations)
  }

  /// Whether both go the same way at INVLPG: the notes on large pages are the same.
  public func hasSameLargeRegions(as other: Processor) -> Bool {
    translations.hasSameLargeRegions(as: other.translations)
  }
}
