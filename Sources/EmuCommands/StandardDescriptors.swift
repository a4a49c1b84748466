import Glibc

/// Descriptors 0, 1 and 2.
enum StandardDescriptors {
  /// Opens /dev/null on those that are closed, before anything else gets their numbers: guest RAM is a file too.
  static func open() {
    for number in 0..<3 as Range<Int32> where fcntl(number, F_GETFD) < 0 && errno == EBADF {
      // The lowest number that is free is this one.
      let opened = unsafe Glibc.open("/dev/null", O_RDWR)
      if opened >= 0 && opened != number { _ = dup2(opened, number) }
    }
  }
}
